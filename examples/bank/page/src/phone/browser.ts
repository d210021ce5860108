// A browser's name for itself, as a person would say it.

/** The first that is found counts: most name others beside themselves. */
const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ['Edge', /\bEdgA?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(HeadlessChrome|Chrome|CriOS)\//],
  ['Safari', /\bSafari\//],
];

const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['an iPhone', /\biPhone\b/],
  ['an iPad', /\biPad\b/],
  ['a Mac', /\bMacintosh\b/],
  ['Windows', /\bWindows\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
];

/** `Firefox on Linux`; what is no browser that is known, as it calls itself. */
export function browserOf(userAgent: string): string {
  const find = (names: typeof BROWSERS) => names.find(([, mark]) => mark.test(userAgent))?.[0];
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)];
  return browser === undefined || system === undefined ? userAgent : `${browser} on ${system}`;
}
