import { Problem } from '../bank/api.js';
import type { Begun } from '../bank/factors.js';
import { METHODS } from '../bank/methods.js';
import { beside, element } from '../ui/dom.js';
import { Unfinished, explain } from './enrolment.js';
import { type Steps, back, beginning, page } from './page.js';
import { copyButton, qr } from './show.js';

/** Between two questions whether the phone is there. */
const EVERY = 3000;

/** A phone: show it where to pair, and wait until it has. */
export const phone = page('push', (steps) => {
  const start = beginning('Begin', async () => pair(steps, await steps.enrolment.begin()));
  steps.show(element('p', {}, METHODS['push']!.about), start);
});

function pair(steps: Steps, { id, pairing_uri, qr: svg }: Begun): void {
  const link = `/phone#${encodeURIComponent(pairing_uri)}`;
  const status = element('div', { class: 'waiting', role: 'status' }, 'Waiting for your phone …');
  steps.show(
    element('p', {}, 'Scan this with the app of the bank. Here a second tab plays the phone:'),
    element('p', {}, beside(link, 'Open the demo phone', { class: 'primary wide' })),
    qr(svg, 'QR code for the app of the bank'),
    element(
      'p',
      { class: 'secret' },
      element('span', { class: 'grow muted' }, 'Or paste the pairing link there.'),
      copyButton(pairing_uri, 'Copy the link'),
    ),
    status,
    back(),
  );
  const asked = async () => {
    for (;;) {
      await pause(EVERY, steps.signal);
      if (await isPaired(steps, id)) {
        steps.done('Your phone is set up.');
        return;
      }
    }
  };
  asked().catch((error: unknown) => {
    if (!steps.signal.aborted) {
      status.className = '';
      status.replaceChildren(explain(error));
    }
  });
}

/** Without an answer it is asked again: the phone may well be there. */
async function isPaired({ enrolment }: Steps, id: string): Promise<boolean> {
  try {
    await enrolment.finish(id, {});
    return true;
  } catch (error) {
    const isPending = error instanceof Problem && error.name === 'pending';
    if (isPending || (error instanceof Unfinished && error.outcome !== 'over')) {
      return false;
    }
    throw error;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
