// Calls that a service worker makes, with the page's own dialog.

/** Registers the worker, and resolves once it is there. */
export async function ready() {
  const policy = globalThis.trustedTypes.createPolicy('bank', { createScriptURL: (url) => url });
  const script = policy.createScriptURL('/page/worker.js');
  await navigator.serviceWorker.register(script, { type: 'module', scope: '/' });
  return navigator.serviceWorker.ready;
}

/** What a call of the worker's came to. */
export async function callByWorker(dialog, call) {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const over = new AbortController();
  const outcome = new Promise((resolve) => {
    port1.onmessage = async ({ data: { question, done, outcome } }) => {
      if (question !== undefined) {
        port1.postMessage(await dialog.ask(question, over.signal));
      } else if (done) {
        dialog.done();
      } else {
        resolve(outcome);
      }
    };
  });
  active.postMessage({ token: await globalThis.getLogin(), ...call }, [port2]);
  return outcome;
}
