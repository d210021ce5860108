// A service worker that steps up, and has the page that called hold the conversation.

import { authorityStepper, createStepUpFetch } from '/dist/index.js';

/** Asks through a port: questions and replies are plain objects. */
function prompterAt(port) {
  return {
    ask: (question) =>
      new Promise((resolve) => {
        port.onmessage = ({ data }) => resolve(data);
        port.postMessage({ question });
      }),
    done: () => port.postMessage({ done: true }),
  };
}

self.addEventListener('message', async ({ data: { token, path, method, body }, ports: [port] }) => {
  const stepper = authorityStepper({ prompter: prompterAt(port) });
  const api = createStepUpFetch({ getToken: () => token, stepper });
  try {
    const response = await api(path, { method, body });
    port.postMessage({ outcome: { status: response.status, text: await response.text() } });
  } catch (error) {
    port.postMessage({ outcome: { code: error.code, cause: String(error.cause) } });
  }
});
