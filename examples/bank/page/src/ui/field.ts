import { element } from './dom.js';

/** An input with its label, and one line below it for a hint or for what is wrong. */
export interface Field {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
  /** Says what is wrong, where it is wrong. */
  fail(message: string): void;
  /** As before anything was wrong. */
  clear(): void;
}

export interface FieldOptions {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Stands in the field before what is typed. */
  readonly prefix?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function field({ name, label, hint = '', prefix, attributes = {} }: FieldOptions): Field {
  const below = element('p', { id: `${name}-below`, class: 'below' }, hint);
  const input = element('input', {
    id: name,
    name,
    required: '',
    'aria-describedby': below.id,
    ...attributes,
  });
  const before = prefix === undefined ? [] : [element('span', { 'aria-hidden': 'true' }, prefix)];
  const root = element(
    'div',
    { class: 'field' },
    element('label', { for: name }, label),
    element('div', { class: 'input' }, ...before, input),
    below,
  );
  const clear = () => {
    below.textContent = hint;
    root.classList.remove('wrong');
    input.removeAttribute('aria-invalid');
  };
  const fail = (message: string) => {
    below.textContent = message;
    root.classList.add('wrong');
    input.setAttribute('aria-invalid', 'true');
  };
  input.addEventListener('input', clear);
  return { root, input, fail, clear };
}
