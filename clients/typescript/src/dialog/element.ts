import type { Prompter, Question, Reply } from '../authority/prompter.js';
import { element } from './dom.js';
import { style } from './style.js';
import { type DialogTexts, ENGLISH, type SomeTexts, merged, spoken } from './texts.js';
import { type View, view } from './views.js';

/** Where there are no elements it can still be imported. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * `<step-up-dialog>`: holds the conversation with the person, in a dialog of the browser's own.
 *
 * Parts for CSS: `dialog`, `form`, `title`, `reason`, `notice`, `body`, `text`, `methods`, `method`,
 * `hint`, `label`, `input`, `device`, `number`, `progress`, `actions`, `button`, `primary`, `plain`,
 * `resend`. What stands in it with `slot="help"` is shown below the buttons.
 */
export class StepUpDialog extends Base implements Prompter {
  #texts = ENGLISH;
  #answer: ((reply: Reply) => void) | undefined;
  #question: Question | undefined;
  #view: View | undefined;
  /** The person cancelled while nothing was being asked. */
  #isCancelled = false;
  #cancel: (() => void) | undefined;
  /** Where it stood before it came forward. */
  #place: Comment | undefined;
  /** From the first: without a shadow its help would stand in the page. */
  readonly #parts = this.#build();

  /** What it says; texts that are left out stay as they are. */
  get texts(): DialogTexts {
    return this.#texts;
  }

  set texts(texts: SomeTexts) {
    this.#texts = merged(this.#texts, texts);
  }

  begin(cancel: () => void): void {
    this.#cancel = cancel;
  }

  ask(question: Question, signal: AbortSignal): Promise<Reply> {
    return new Promise((resolve) => {
      if (this.#isCancelled) {
        resolve({ do: 'cancel' });
        return;
      }
      const withdraw = () => this.#answer === answer && this.#wait();
      const answer = (reply: Reply) => {
        if (this.#answer === answer) {
          signal.removeEventListener('abort', withdraw);
          this.#wait();
          resolve(reply);
        }
      };
      this.#answer = answer;
      this.#show(question);
      signal.addEventListener('abort', withdraw, { once: true });
    });
  }

  /** Who moves it takes the dialog from in front of the page, and leaves it open. */
  connectedCallback(): void {
    if (this.#parts.dialog.open) {
      this.#parts.dialog.close();
      this.#open();
      this.#focus();
    }
  }

  /** Who takes it out of the page while it asks takes the question back. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (!this.isConnected && this.#question !== undefined && !this.#isCancelled) {
        this.#reply({ do: 'cancel' });
      }
    });
  }

  done(): void {
    this.#cancel = undefined;
    this.#answer = undefined;
    this.#question = undefined;
    this.#view = undefined;
    this.#isCancelled = false;
    const { dialog, body, actions } = this.#parts;
    dialog.close();
    this.#goBack();
    // What was typed does not stay.
    body.replaceChildren();
    actions.replaceChildren();
  }

  #show(question: Question): void {
    const { title, reason, notice, progress, body, actions } = this.#parts;
    const typed = this.#typedBefore(question);
    const shown = view(question, this.#texts, (reply) => this.#reply(reply));
    if (shown.input !== undefined) {
      shown.input.value = typed;
    }
    title.textContent = this.#texts.title;
    reason.textContent = question.reason ?? '';
    progress.textContent = '';
    body.removeAttribute('aria-busy');
    body.replaceChildren(...shown.body);
    actions.replaceChildren(...shown.actions);
    this.#question = question;
    this.#view = shown;
    this.#open();
    // Said once the dialog is there, or nobody hears it; and with what has the focus then.
    notice.textContent = question.notice === undefined ? '' : spoken(question.notice, this.#texts);
    if (question.notice !== undefined) {
      const others = shown.focus.getAttribute('aria-describedby') ?? '';
      shown.focus.setAttribute('aria-describedby', `notice ${others}`.trim());
    }
    this.#focus();
  }

  #open(): void {
    const { dialog } = this.#parts;
    // In what is hidden it would hold the page up, and not be seen.
    if (!this.isConnected || this.checkVisibility?.() === false) {
      this.#place ??= new Comment();
      this.replaceWith(this.#place);
      document.body.append(this);
    }
    if (!dialog.open) {
      dialog.showModal();
    }
  }

  /** Scrolled no further than it takes: the question begins with its title. */
  #focus(): void {
    const focus = this.#view?.focus;
    focus?.focus();
    this.#parts.dialog.scrollTop = 0;
    focus?.scrollIntoView({ block: 'nearest' });
  }

  /** To where it came from, if that is still there. */
  #goBack(): void {
    const place = this.#place;
    this.#place = undefined;
    if (place?.isConnected) {
      place.replaceWith(this);
    } else if (place !== undefined) {
      this.remove();
    }
  }

  /** What was typed to the same question, if it did not get through. */
  #typedBefore(question: Question): string {
    const before = this.#question;
    const isSame = before?.kind === 'code' && question.kind === 'code';
    const name = question.notice?.name;
    const isLost = name === 'offline' || name === 'unavailable';
    const isKept = isSame && isLost && before.factor.id === question.factor.id;
    return isKept ? (this.#view?.input?.value ?? '') : '';
  }

  #reply(reply: Reply): void {
    if (reply.do === 'cancel') {
      this.#isCancelled = true;
      this.#parts.dialog.close();
    }
    if (this.#answer !== undefined) {
      this.#answer(reply);
    } else if (reply.do === 'cancel') {
      this.#cancel?.();
    }
  }

  #wait(): void {
    this.#answer = undefined;
    const { body, notice, progress } = this.#parts;
    body.setAttribute('aria-busy', 'true');
    notice.textContent = '';
    progress.textContent = this.#texts.busy;
  }

  #build(): Parts {
    const title = element('h2', { id: 'title', part: 'title' });
    // The resource server's own words, in whichever direction they are written.
    const reason = element('p', { id: 'reason', part: 'reason', dir: 'auto' });
    const notice = element('p', { id: 'notice', part: 'notice', role: 'alert' });
    const body = element('div', { part: 'body' });
    const progress = element('p', { part: 'progress', role: 'status' });
    const actions = element('div', { part: 'actions' });
    const help = element('slot', { name: 'help' });
    for (const pressed of [body, actions]) {
      pressed.addEventListener('keydown', unlessHeld);
    }
    const form = element('form', { part: 'form' }, title, reason, notice, body, progress, actions, help);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const input = this.#view?.input;
      this.#reply(input === undefined ? { do: 'go' } : { do: 'answer', code: input.value });
    });
    const names = { 'aria-labelledby': 'title', 'aria-describedby': 'reason' };
    const dialog = element('dialog', { part: 'dialog', ...names }, form);
    // The Escape key.
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.#reply({ do: 'cancel' });
    });
    // And what a browser does when it is pressed twice.
    dialog.addEventListener('close', () => {
      if (this.#question !== undefined && !this.#isCancelled && !dialog.open) {
        this.#reply({ do: 'cancel' });
      }
    });
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [style()];
    root.append(dialog);
    return { dialog, title, reason, notice, progress, body, actions };
  }
}

/** A key that was down before the question came answers it no more than it does the next. */
function unlessHeld(event: KeyboardEvent): void {
  const isPress = event.key === 'Enter' || (event.key === ' ' && !(event.target instanceof HTMLInputElement));
  if (event.repeat && isPress) {
    event.preventDefault();
  }
}

interface Parts {
  readonly dialog: HTMLDialogElement;
  readonly title: HTMLElement;
  readonly reason: HTMLElement;
  readonly notice: HTMLElement;
  readonly progress: HTMLElement;
  readonly body: HTMLElement;
  readonly actions: HTMLElement;
}
