// A page as an application writes it. `getLogin` is the test's, as a session would be.

import * as client from '/dist/index.js';
import '/dist/dialog/define.js';
import { callByWorker, ready } from '/page/by-worker.js';

const { authorityStepper, createStepUpFetch } = client;
const dialog = document.querySelector('step-up-dialog');
const events = [];
const api = createStepUpFetch({
  getToken: () => globalThis.getLogin(),
  stepper: authorityStepper({ prompter: dialog }),
  onEvent: (event) => events.push(event.type),
});

/** What a call came to, for tests to read. */
async function outcome(call) {
  try {
    const response = await call;
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { code: error.code ?? error.name, enrol: error.enrol };
  }
}

const isByWorker = location.search === '?worker';
const isReady = isByWorker && ready().then(() => true);

function pay(body = '250') {
  const call = { method: 'POST', body };
  return isByWorker
    ? callByWorker(dialog, { path: '/transfers', ...call })
    : outcome(api('/transfers', call));
}

document.querySelector('#pay').addEventListener('click', async () => {
  document.querySelector('#outcome').textContent = JSON.stringify(await pay());
});

/** Enrols a key of this browser's. */
async function enrolKey(name) {
  const send = async (path, body) => {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await api(`/step-up/enrolments${path}`, request)).json();
  };
  const { id, prompt } = await send('', { method: 'webauthn', name });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(prompt.publicKey);
  const credential = (await navigator.credentials.create({ publicKey })).toJSON();
  return send(`/${id}`, { credential });
}

globalThis.page = { client, api, outcome, pay, enrolKey, dialog, events, isReady };
