import { button, element } from '../ui/dom.js';

/** An SVG of the authority's, as a picture: nothing in it can run. */
export function qr(svg: string, alt: string): HTMLElement {
  const src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  return element('img', { class: 'qr', src, alt, width: '208', height: '208' });
}

export function copyButton(text: string, label = 'Copy'): HTMLButtonElement {
  const created = button(label, () => void copy(), { class: 'quiet' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      created.textContent = 'Copied';
    } catch {
      created.textContent = 'Copy it by hand';
    }
    setTimeout(() => (created.textContent = label), 2000);
  };
  created.setAttribute('aria-live', 'polite');
  return created;
}
