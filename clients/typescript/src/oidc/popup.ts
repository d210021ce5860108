import { pause } from '../abort.js';
import { StepUpError } from '../errors.js';
import type { Stepper } from '../stepper.js';
import { type OidcOptions, authorize, exchange, isAnswer } from './authorization.js';

const KIND = 'stepup-callback';
const FEATURES = 'popup,width=480,height=720';

/**
 * Steps up at an OpenID Provider, in a window of its own. The page at `redirectUri` calls
 * `reportToOpener`.
 */
export function popupStepper(options: OidcOptions): Stepper {
  return async ({ challenge, signal }) => {
    // At once: after the next `await` it may no longer count as the person's click.
    const popup = window.open('about:blank', '_blank', FEATURES);
    if (popup === null) {
      throw new StepUpError('popup-blocked');
    }
    try {
      const authorization = await authorize(options, challenge);
      const isOurs = (back: URL) => isAnswer(back, options, authorization);
      popup.location.replace(authorization.address);
      const back = await report(popup, new URL(options.redirectUri).origin, isOurs, signal);
      return await exchange(back, options, authorization, signal);
    } finally {
      popup.close();
    }
  };
}

/** What the page at the redirect URI does: hands its address to the page that opened it. */
export function reportToOpener(origin: string = location.origin): void {
  const opener = window.opener as Window | null;
  opener?.postMessage({ kind: KIND, address: location.href }, origin);
  // The code is good once, and not for whoever looks over the history.
  history.replaceState(null, '', location.pathname);
}

/** The address that the window came back to, from that window and that origin alone. */
async function report(
  popup: Window,
  origin: string,
  isOurs: (back: URL) => boolean,
  signal: AbortSignal,
): Promise<URL> {
  const over = new AbortController();
  const came = new Promise<URL>((resolve) => {
    const hear = ({ source, origin: from, data }: MessageEvent) => {
      if (source !== popup || from !== origin || data?.kind !== KIND) {
        return;
      }
      const back = new URL(data.address);
      if (isOurs(back)) {
        resolve(back);
      }
    };
    window.addEventListener('message', hear, { signal: over.signal });
  });
  try {
    return await Promise.race([came, closed(popup, signal, over.signal)]);
  } finally {
    over.abort();
  }
}

/** Fails when the person has closed the window. */
async function closed(popup: Window, signal: AbortSignal, over: AbortSignal): Promise<never> {
  while (!popup.closed && !over.aborted) {
    await pause(300, signal);
  }
  // What it said last may still be on its way.
  await pause(300, signal);
  throw new StepUpError('cancelled');
}
