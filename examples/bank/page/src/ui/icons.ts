// Drawn with one pen on a field of 24 by 24.

const PATHS = {
  home: 'M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z',
  send: 'M4 12h14M13 6.5l5.5 5.5-5.5 5.5',
  shield: 'M12 3.5 5 6v5.5c0 4.4 2.9 7.6 7 9 4.1-1.4 7-4.6 7-9V6zM9 12l2.2 2.2L15.2 10',
  person: 'M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.3 3.8-5 7.5-5s6.7 1.7 7.5 5',
  webauthn: 'M8 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8zM12 12h9v3.5M17 12v2.5',
  push: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2',
  totp: 'M12 21a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 8v4.8l3 1.9',
  email: 'M4 6h16a.8.8 0 0 1 .8.8v10.4a.8.8 0 0 1-.8.8H4a.8.8 0 0 1-.8-.8V6.8A.8.8 0 0 1 4 6zM3.5 7.5 12 13l8.5-5.5',
  recovery: 'M7 3.5h10a.8.8 0 0 1 .8.8v15.4a.8.8 0 0 1-.8.8H7a.8.8 0 0 1-.8-.8V4.3a.8.8 0 0 1 .8-.8zM9.5 8.5h5M9.5 12h5M9.5 15.5h3',
  in: 'M17 7 7 17M7 9.5V17h7.5',
  out: 'M7 17 17 7M9.5 7H17v7.5',
  check: 'M5 12.5 10 17.5 19.5 7.5',
  close: 'M6 6l12 12M18 6 6 18',
  code: 'M9 7 4 12l5 5M15 7l5 5-5 5',
} as const;

export type IconName = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

/** A picture that says nothing which is not said beside it. */
export function icon(name: IconName): SVGElement {
  const drawing = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('class', 'icon');
  drawing.setAttribute('aria-hidden', 'true');
  drawing.append(path);
  return drawing;
}

/** The picture of a way to confirm. */
export function iconOf(method: string): SVGElement {
  return icon(method in PATHS ? (method as IconName) : 'shield');
}
