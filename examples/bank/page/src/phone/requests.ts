// What the phone is asked, and what its owner says.

import { byId, element } from '../ui/dom.js';
import { type Asked, type Paired, Refused, poll } from './device.js';
import { all, drop, replace } from './keep.js';
import { type Question, question as asking } from './question.js';
import { pairings, unlessBegun } from './pairing.js';
import { say } from './say.js';

const EVERY = 2000;

const root = byId('requests', 'section');
const title = document.title;

interface Open extends Question {
  readonly id: string;
}

/** Asks for each pairing what is asked of it, for as long as the tab is there. */
export async function requests(): Promise<void> {
  const open = new Map<string, Open>();
  const quiet = element('p', { class: 'card muted', role: 'status' });
  root.append(quiet);
  for (;;) {
    const devices = await all('devices');
    let words = 'Nothing is asked of you.';
    forget(open, devices);
    for (const device of devices) {
      try {
        const [asked] = await poll(device);
        show(open, device, asked);
        await learn(device, asked);
      } catch (error) {
        if (error instanceof Refused && error.name === 'device-unpaired') {
          withdraw(open, device.page, 'unpaired');
          await unpair(device);
        } else {
          words = 'The bank does not answer this phone now.';
        }
      }
    }
    if (quiet.textContent !== words) {
      quiet.textContent = words;
    }
    quiet.hidden = devices.length === 0 || root.childElementCount > 1;
    document.title = open.size > 0 ? `● Is it you? · ${title}` : title;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

/** The bank knows it no more, and never will again. */
async function unpair({ page, name }: Paired): Promise<void> {
  await drop('devices', page);
  await unlessBegun();
  say(`The bank does not know “${name}” any more. Pair this phone again.`);
}

/** Whose phone it is, is first said where something is asked. */
async function learn(device: Paired, asked: Asked | undefined): Promise<void> {
  if (asked !== undefined && asked.request.account !== device.account) {
    const known = { ...device, account: asked.request.account };
    if (await replace('devices', device.page, known)) {
      await pairings();
    }
  }
}

/** What was asked of a pairing that is forgotten is no longer answered. */
function forget(open: Map<string, Open>, devices: readonly Paired[]): void {
  for (const page of open.keys()) {
    if (devices.every((device) => device.page !== page)) {
      withdraw(open, page, 'forgotten');
    }
  }
}

function withdraw(open: Map<string, Open>, page: string, why: Parameters<Question['withdraw']>[0]): void {
  open.get(page)?.withdraw(why);
  open.delete(page);
}

/** In place of what it was asked before, unless it is the same. */
function show(open: Map<string, Open>, device: Paired, asked: Asked | undefined): void {
  const before = open.get(device.page);
  if (before?.id === asked?.request.id) {
    return;
  }
  withdraw(open, device.page, 'over');
  if (asked !== undefined) {
    root.querySelectorAll('.answered').forEach((node) => node.remove());
    const question = asking(device, asked);
    open.set(device.page, { id: asked.request.id, ...question });
    root.append(question.root);
    say('The bank asks whether it is you.');
    // Who types something else goes on with it.
    if (document.activeElement === document.body) {
      question.root.querySelector('input')?.focus();
    }
  }
}
