// The system's colours, so that it is light and dark as the page is, and in forced colours too.
const CSS = `
:host {
  color-scheme: light dark;
  --_text: var(--step-up-text, CanvasText);
  --_background: var(--step-up-background, Canvas);
  --_muted: var(--step-up-muted, color-mix(in srgb, CanvasText 72%, Canvas));
  --_border: var(--step-up-border, color-mix(in srgb, CanvasText 45%, Canvas));
  --_accent: var(--step-up-accent, CanvasText);
  --_accent-text: var(--step-up-accent-text, Canvas);
  --_radius: var(--step-up-radius, 0.5rem);
}
dialog {
  box-sizing: border-box;
  width: min(26rem, calc(100vw - 2rem));
  max-height: calc(100dvh - 2rem);
  padding: 1.5rem;
  overflow: auto;
  border: 1px solid var(--_border);
  border-radius: calc(var(--_radius) * 1.5);
  background: var(--_background);
  color: var(--_text);
  font: var(--step-up-font, 1rem/1.5 system-ui, sans-serif);
}
dialog::backdrop { background: rgb(0 0 0 / 50%); }
h2, p, ul { margin: 0; padding: 0; }
h2 { font-size: 1.25em; line-height: 1.3; text-wrap: balance; }
form, [part~='body'] { display: grid; gap: 1rem; }
[part~='reason'] { overflow-wrap: anywhere; }
[part~='text'], [part~='hint'], [part~='progress'] { color: var(--_muted); }
[part~='reason']:empty, [part~='notice']:empty, [part~='progress']:empty { display: none; }
[part~='notice'] {
  padding: 0.5rem 0.75rem;
  border-inline-start: 0.25rem solid var(--step-up-notice, var(--_accent));
  background: color-mix(in srgb, var(--_text) 8%, transparent);
}
ul { display: grid; gap: 0.5rem; list-style: none; }
button, input {
  box-sizing: border-box;
  min-height: 2.75rem;
  padding: 0.5rem 1rem;
  border: 1px solid var(--_border);
  border-radius: var(--_radius);
  background: var(--_background);
  color: inherit;
  font: inherit;
}
button { cursor: pointer; }
button:hover { border-color: var(--_text); }
:focus-visible { outline: 3px solid var(--step-up-focus, var(--_text)); outline-offset: 2px; }
[part~='method'] { display: grid; width: 100%; text-align: start; }
[part~='hint'] { font-size: 0.875em; overflow-wrap: anywhere; }
label { display: grid; gap: 0.375rem; }
input { width: 100%; font-size: 1.25em; letter-spacing: 0.1em; }
input[aria-invalid='true'] { border-width: 2px; border-color: var(--_text); }
[part~='number'] { font-size: 2.5em; font-weight: 600; line-height: 1; letter-spacing: 0.15em; }
[part~='actions'] { display: flex; flex-wrap: wrap; gap: 0.5rem; }
[part~='actions'] > * { flex: 1 1 auto; }
[part~='primary'] {
  flex-basis: 100%;
  border-color: var(--_accent);
  background: var(--_accent);
  color: var(--_accent-text);
  font-weight: 600;
}
[part~='plain'] { border-color: transparent; text-decoration: underline; text-underline-offset: 0.2em; }
[aria-busy='true'] :is(button, input) { opacity: 0.6; }
[aria-busy='true'] [value='cancel'] { opacity: 1; }
`;

let sheet: CSSStyleSheet | undefined;

/** One for all dialogs. A constructed sheet needs no leave of a content security policy. */
export function style(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
