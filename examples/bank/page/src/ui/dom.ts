type Attributes = Readonly<Record<string, string>>;

/** What may stand in an element. Text is set as text, never as markup. */
export type Child = Node | string;

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    created.setAttribute(attribute, value);
  }
  created.append(...children);
  return created;
}

export function button(
  label: Child,
  click: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const created = element('button', { type: 'button', ...attributes }, label);
  created.addEventListener('click', click);
  return created;
}

/** A page of the bank's own that stays open beside this one. */
export function beside(href: string, label: string, attributes: Attributes = {}): HTMLElement {
  const opens = { href, target: '_blank', rel: 'noopener' };
  const where = element('span', { class: 'sr-only' }, ' (opens a new tab)');
  return element('a', { ...opens, ...attributes }, label, where);
}

/** What the HTML of a page has by this id. */
export function byId<K extends keyof HTMLElementTagNameMap>(
  id: string,
  name: K,
): HTMLElementTagNameMap[K] {
  const found = document.getElementById(id);
  if (found?.localName !== name) {
    throw new TypeError(`the page has no <${name} id="${id}">`);
  }
  return found as HTMLElementTagNameMap[K];
}
