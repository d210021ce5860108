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
  --_notice: var(--step-up-notice, light-dark(#b3261e, #ff8a80));
  --_radius: var(--step-up-radius, 0.5rem);
}
dialog {
  box-sizing: border-box;
  width: min(26rem, calc(100vw - 2rem));
  max-height: calc(100dvh - 2rem);
  padding: 1.5rem;
  overflow: auto;
  scroll-padding-block: 0.5rem;
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
[part~='reason']:empty { display: none; }
/* Both are there all the time, or nobody hears what comes into them. */
[part~='notice']:empty, [part~='progress']:empty { position: absolute; padding: 0; border: 0; }
[part~='notice'] {
  padding: 0.5rem 0.75rem;
  border-inline-start: 0.25rem solid var(--_notice);
  background: color-mix(in srgb, var(--_text) 8%, transparent);
}
::slotted(*) { margin-block: 0; }
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
[part~='hint'] { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
[part~='method'] [part~='hint'] { justify-self: start; font-size: 0.875em; }
[part~='label'] [part~='hint'] { color: inherit; font-weight: 600; }
label { display: grid; gap: 0.375rem; }
input { width: 100%; font-size: 1.25em; letter-spacing: 0.1em; }
input[aria-invalid='true'] { border-width: 2px; border-color: var(--_notice); }
[part~='device'] { display: grid; gap: 1rem; }
[part~='device']:focus { outline: none; }
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
[part~='resend'] { flex-basis: 100%; }
[part~='plain'] { border-color: transparent; text-decoration: underline; text-underline-offset: 0.2em; }
/* As low as a window at 400 % is: what is asked fits, from the title on. */
@media (height < 24rem) {
  dialog { max-height: calc(100dvh - 1rem); padding: 0.75rem 1rem; }
  h2 { font-size: 1.125em; }
  form, [part~='body'] { gap: 0.5rem; }
}
/* Behind text a plate of the page's colour is painted then. */
@media (forced-colors: active) {
  [part~='primary'] {
    border-color: Highlight;
    background: Highlight;
    color: HighlightText;
    forced-color-adjust: none;
  }
}
form:has([aria-busy]) :is(button, input):not([value='cancel']) { opacity: 0.6; }
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
