// A provider whose answers a test decides, and calls that need it.

import { origin } from './bank.mjs';

export const iss = 'https://idp.example';
export const provider = `${iss}/authorize`;

const DEMAND = 'error="insufficient_user_authentication", acr_values="phr mfa", max_age=60';

/** A provider that answers at once, and tries what a foreign page could try before that. */
export async function withProvider(page, answer, demands = () => DEMAND) {
  const requests = [];
  await page.context().route('https://idp.example/**', (route) => {
    const { searchParams } = new URL(route.request().url());
    requests.push(Object.fromEntries(searchParams));
    const back = new URL(searchParams.get('redirect_uri'));
    back.search = new URLSearchParams({ state: searchParams.get('state'), ...answer });
    const forged = new URL(back);
    forged.searchParams.set('code', 'forged');
    const body = `<!doctype html><title>Provider</title><script>
      opener?.postMessage({ kind: 'stepup-callback', address: ${JSON.stringify(forged)} }, '*');
      setTimeout(() => location.assign(${JSON.stringify(back)}), 500);
    </script>`;
    return route.fulfill({ contentType: 'text/html', body });
  });
  await page.route(`${origin}/guarded`, (route) => {
    const isEnough = route.request().headers().authorization === 'Bearer stepped-up';
    const error = demands();
    return route.fulfill(
      isEnough ? { body: 'done' } : { status: 401, headers: { 'www-authenticate': `Bearer ${error}` } },
    );
  });
  return requests;
}

/** Calls the guarded page, with a stepper of this kind, from a click. */
export async function callBy(page, kind, redirectUri, { dialects = [], session } = {}) {
  await page.evaluate(
    ([kind, authorizationEndpoint, redirectUri, dialects, session]) => {
      globalThis.exchanged = [];
      const stepper = page.client[kind]({
        authorizationEndpoint,
        clientId: 'web',
        redirectUri,
        issuer: 'https://idp.example',
        async exchange({ code, codeVerifier }) {
          globalThis.exchanged.push([code, codeVerifier]);
          return { accessToken: 'stepped-up' };
        },
      });
      const login = { getToken: () => 'login', session: () => session };
      const api = page.client.createStepUpFetch({ ...login, stepper, dialects });
      const call = () => (globalThis.called = page.outcome(api('/guarded')));
      document.querySelector('h1').addEventListener('click', call, { once: true });
    },
    [kind, provider, redirectUri, dialects, session],
  );
  await page.locator('h1').click();
}

/** What came of the last call. */
export const called = (page) => page.evaluate(() => globalThis.called);
