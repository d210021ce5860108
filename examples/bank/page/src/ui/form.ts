import { type Child, element } from './dom.js';
import type { Field } from './field.js';

/** Something typed cannot be what is meant. */
export class Mistake extends Error {
  constructor(
    readonly field: Field,
    message: string,
  ) {
    super(message);
  }
}

export interface FormOptions {
  readonly fields?: readonly Field[];
  /** Between the fields and the button. */
  readonly more?: readonly Child[];
  /** What the button says, and while it works. */
  readonly submit: string;
  readonly busy: string;
  readonly isDangerous?: boolean;
  /** Beside the button. */
  readonly actions?: readonly Child[];
  readonly send: () => Promise<void>;
  /** What is said about a failure; an element is shown as it is. */
  readonly explain: (error: unknown) => Child;
}

/** A form of one button: sends once at a time, and says where it stands. */
export function form(options: FormOptions): HTMLFormElement {
  const { fields = [], more = [], submit, busy, actions = [], send, explain } = options;
  const kind = options.isDangerous ? 'danger' : 'primary';
  const label = element('span', {}, submit);
  const go = element('button', { type: 'submit', class: kind }, label);
  const status = element('div', { class: 'status', role: 'alert' });
  const inputs = fields.map(({ root }) => root);
  const buttons = element('div', { class: 'actions' }, go, ...actions);
  const created = element('form', { novalidate: '' }, ...inputs, ...more, buttons, status);
  let isBusy = false;
  const setBusy = (is: boolean) => {
    isBusy = is;
    label.textContent = is ? busy : submit;
    // Not `disabled`, which would take the focus away.
    go.setAttribute('aria-disabled', String(is));
    // What stands there is what was sent.
    fields.forEach(({ input }) => (input.readOnly = is));
  };
  const submitted = async () => {
    status.replaceChildren();
    fields.forEach((field) => field.clear());
    try {
      fields.forEach(check);
      setBusy(true);
      await send();
    } catch (error) {
      if (error instanceof Mistake) {
        error.field.fail(error.message);
        error.field.input.focus();
      } else if (!(error instanceof DOMException && error.name === 'AbortError')) {
        const said = explain(error);
        const note = said instanceof Element ? said : element('p', { class: 'note wrong' }, said);
        status.replaceChildren(note);
        note.scrollIntoView({ block: 'nearest' });
      }
    } finally {
      setBusy(false);
    }
  };
  created.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!isBusy) {
      void submitted();
    }
  });
  return created;
}

/** The browser's own checks, said beside the field. */
function check(field: Field): void {
  const { input } = field;
  if (input.validity.valueMissing) {
    throw new Mistake(field, input.type === 'checkbox' ? 'Tick this to go on.' : 'Fill this in.');
  }
  if (!input.validity.valid) {
    throw new Mistake(field, input.title === '' ? input.validationMessage : input.title);
  }
}
