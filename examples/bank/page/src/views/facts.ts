import { type Child, element } from '../ui/dom.js';

/** A list of what is known, by name. */
export function facts(...known: readonly (readonly [string, Child])[]): HTMLElement {
  const rows = known.map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value)),
  );
  return element('dl', { class: 'facts' }, ...rows);
}
