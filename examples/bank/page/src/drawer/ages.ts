import { element } from '../ui/dom.js';
import { clock, span } from '../ui/format.js';
import type { Claims } from './claims.js';
import type { Exchange } from './record.js';
import { methods } from './words.js';

/** How old each proof is now, ticking while somebody looks. */
export class Ages {
  readonly root = element('div', { class: 'ages' });
  #ticks: (() => void)[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #ahead = 0;

  /** The login, and the last proof after it. */
  show(exchanges: readonly Exchange[]): void {
    const seen = exchanges.flatMap(({ sent, got }) => [sent, got].filter((one) => one !== undefined));
    const isLogin = ({ acr }: Claims) => acr === 'single-factor';
    const login = seen.findLast(isLogin);
    const proof = seen.findLast((claims) => !isLogin(claims));
    // What was asked for before it was given.
    const given = exchanges.findLastIndex(({ got }) => got !== undefined && !isLogin(got));
    const before = exchanges.slice(0, Math.max(0, given));
    const demanded = before.findLast(({ challenge }) => challenge !== null)?.challenge;
    this.#ahead = aheadOf(exchanges);
    this.#ticks = [];
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
      const seconds = Date.now() / 1000 + this.#ahead - auth_time;
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
      element('p', {}, element('code', {}, acr), ` by ${methods(amr)}`),
      element('p', {}, age, ` at ${clock(auth_time * 1000)}`),
      ...(maxAge === null ? [] : [element('p', {}, left)]),
    );
  }
}

/** By how many seconds the bank's clock is ahead of the browser's: a token says when it was issued. */
function aheadOf(exchanges: readonly Exchange[]): number {
  const last = exchanges.findLast(({ got }) => got !== undefined);
  return last?.got === undefined ? 0 : last.got.iat - Math.floor((last.at + last.took) / 1000);
}
