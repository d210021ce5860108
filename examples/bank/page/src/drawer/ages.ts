import { element } from '../ui/dom.js';
import { clock, span } from '../ui/format.js';
import type { Claims } from './claims.js';
import type { Exchange } from './record.js';

/** How old each proof is now, ticking while somebody looks. */
export class Ages {
  readonly root = element('div', { class: 'ages' });
  #ticks: (() => void)[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  /** The login, and the last proof after it. */
  show(exchanges: readonly Exchange[]): void {
    const seen = exchanges.flatMap(({ sent, got }) => [sent, got].filter((one) => one !== undefined));
    const of = (isLogin: boolean) => seen.findLast(({ acr }) => (acr === 'single-factor') === isLogin);
    const demanded = exchanges.findLast(({ challenge }) => challenge !== null)?.challenge;
    this.#ticks = [];
    const [login, proof] = [of(true), of(false)];
    this.root.replaceChildren(
      ...(login ? [this.#card('Login', login, null)] : []),
      ...(proof ? [this.#card('Stepped up', proof, demanded?.maxAge ?? null)] : []),
    );
    this.#tick();
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#ticks.forEach((tick) => tick());
  }

  #card(title: string, claims: Claims, maxAge: number | null): HTMLElement {
    const { acr, amr, auth_time } = claims;
    const age = element('strong', { class: 'age' });
    const left = element('span', { class: 'muted' });
    this.#ticks.push(() => {
      const seconds = Date.now() / 1000 - auth_time;
      age.textContent = `${span(seconds)} ago`;
      if (maxAge !== null) {
        const isFresh = seconds < maxAge;
        left.textContent = isFresh ? ` fresh for ${span(maxAge - seconds)} more` : ' too old by now';
      }
    });
    return element(
      'div',
      { class: 'age-card' },
      element('h3', {}, title),
      element('p', {}, element('code', {}, acr), ` ${amr.join(' + ')}`),
      element('p', {}, age, ` at ${clock(auth_time * 1000)}`),
      ...(maxAge === null ? [] : [element('p', {}, left)]),
    );
  }
}
