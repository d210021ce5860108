// What the phone is asked, and what its owner says.

import { byId, element } from '../ui/dom.js';
import { type Asked, type Paired, poll } from './device.js';
import { all } from './keep.js';
import { question } from './question.js';
import { say } from './say.js';

const EVERY = 2000;

const root = byId('requests', 'section');
const title = document.title;

interface Open {
  readonly id: string;
  readonly node: HTMLElement;
}

/** Asks for each pairing what is asked of it, for as long as the tab is there. */
export async function requests(): Promise<void> {
  const open = new Map<string, Open>();
  const quiet = element('p', { class: 'card muted' }, 'Nothing is asked of you.');
  root.append(quiet);
  for (;;) {
    const devices = await all('devices');
    for (const device of devices) {
      const asked = await poll(device).catch(() => undefined);
      if (asked !== undefined) {
        show(open, device, asked[0]);
      }
    }
    quiet.hidden = devices.length === 0 || root.childElementCount > 1;
    document.title = open.size > 0 ? `● Is it you? · ${title}` : title;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

/** In place of what it was asked before, unless it is the same. */
function show(open: Map<string, Open>, device: Paired, asked: Asked | undefined): void {
  const before = open.get(device.page);
  if (before?.id === asked?.request.id) {
    return;
  }
  open.delete(device.page);
  // What came of an answer stays to be read.
  if (before !== undefined && before.node.querySelector('form') !== null) {
    before.node.remove();
    say('');
  }
  if (asked !== undefined) {
    root.querySelectorAll('.answered').forEach((node) => node.remove());
    const node = question(device, asked);
    open.set(device.page, { id: asked.request.id, node });
    root.append(node);
    say('The bank asks whether it is you.');
    node.querySelector('input')?.focus();
  }
}
