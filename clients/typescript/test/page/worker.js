// A service worker that steps up: whoever sends a message is the person.

import { authorityStepper, createStepUpFetch } from '/dist/index.js';

self.addEventListener('message', async ({ data: { token, code }, source }) => {
  const prompter = { ask: async () => ({ do: 'answer', code }), done() {} };
  const stepper = authorityStepper({ prompter });
  const api = createStepUpFetch({ getToken: () => token, stepper });
  try {
    const response = await api('/transfers', { method: 'POST', body: '5' });
    source.postMessage({ status: response.status, text: await response.text() });
  } catch (error) {
    source.postMessage({ code: error.code, cause: String(error.cause) });
  }
});
