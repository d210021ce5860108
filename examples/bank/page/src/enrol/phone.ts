import { Problem } from '../bank/api.js';
import { type Begun, METHODS, begin, finish } from '../bank/factors.js';
import { sentence } from '../bank/failures.js';
import { beside, element } from '../ui/dom.js';
import { type Steps, back, beginning, page } from './page.js';
import { copyButton, qr } from './show.js';

/** Between two questions whether the phone is there. */
const EVERY = 3000;

/** A phone: show it where to pair, and wait until it has. */
export const phone = page('push', (steps) => {
  const start = beginning('Begin', async () => pair(steps, await begin('push', {}, steps.signal)));
  steps.show(element('p', {}, METHODS['push']!.about), start);
});

function pair(steps: Steps, { id, pairing_uri, qr: svg }: Begun): void {
  const link = `/phone#${encodeURIComponent(pairing_uri)}`;
  const status = element('p', { class: 'waiting', role: 'status' }, 'Waiting for your phone …');
  steps.show(
    element('p', {}, 'Scan this with the app of the bank. Here a second tab plays the phone:'),
    element('p', {}, beside(link, 'Open the demo phone', { class: 'primary wide' })),
    qr(svg, 'QR code for the app of the bank'),
    element(
      'p',
      { class: 'secret' },
      element('span', { class: 'muted' }, 'Or paste the pairing link there. '),
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
      status.className = 'note wrong';
      status.textContent = `${sentence(error)} Begin again.`;
    }
  });
}

async function isPaired({ signal }: Steps, id: string): Promise<boolean> {
  try {
    await finish(id, {}, signal);
    return true;
  } catch (error) {
    const isPending = error instanceof Problem && error.name === 'pending';
    if (isPending || error instanceof TypeError) {
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
