// One exchange, as the drawer shows it.

import type { StepUpChallenge } from 'stepup-client';
import { element } from '../ui/dom.js';
import { clock, span } from '../ui/format.js';
import type { Claims } from './claims.js';
import type { Exchange } from './record.js';
import { inWords, methods } from './words.js';

export function entry(exchange: Exchange): HTMLLIElement {
  const { method, path, status, times, at, took, challenge, sent, got } = exchange;
  const kind = challenge !== null ? 'asks' : status >= 200 && status < 400 ? 'fine' : 'wrong';
  const summary = element(
    'summary',
    {},
    element('span', { class: 'line' }, element('code', {}, `${method} ${short(path)}`)),
    element('span', { class: `code ${kind}` }, status === 0 ? 'no answer' : String(status)),
    element('span', { class: 'words' }, inWords(exchange)),
  );
  const often = times > 1 ? `, ${times} times` : '';
  const details = element(
    'details',
    { id: `exchange-${exchange.id}` },
    summary,
    element('p', { class: 'muted' }, `${clock(at)}, ${took} ms${often}`),
    ...(challenge === null ? [] : [demanded(challenge)]),
    ...(sent === undefined ? [] : [token('Token sent', sent)]),
    ...(got === undefined ? [] : [token('Token received', got)]),
  );
  return element('li', {}, details);
}

/** Names in a path say nothing to a reader. */
function short(path: string): string {
  return path.replace(/([cef]_[\w-]{3})[\w-]+/g, '$1…');
}

function demanded({ parameters }: StepUpChallenge): HTMLElement {
  const rows = [...parameters].flatMap(([name, value]) => row(name, value));
  const title = element('h3', {}, 'WWW-Authenticate');
  return element('section', {}, title, element('dl', {}, ...rows));
}

function token(title: string, { sub, acr, amr, auth_time, iat, exp }: Claims): HTMLElement {
  const rows = [
    ...row('sub', sub),
    ...row('acr', acr),
    ...row('amr', `${amr.join(' ')} (${methods(amr)})`),
    ...row('auth_time', `${auth_time} (${clock(auth_time * 1000)})`),
    ...row('iat', `${iat} (${span(iat - auth_time)} later)`),
    ...row('exp', `${exp} (good for ${span(exp - iat)})`),
  ];
  return element('section', {}, element('h3', {}, title), element('dl', {}, ...rows));
}

function row(name: string, value: string): HTMLElement[] {
  return [element('dt', {}, name), element('dd', {}, value)];
}
