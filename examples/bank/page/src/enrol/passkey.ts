import { signalPasskeys } from '../bank/factors.js';
import { METHODS } from '../bank/methods.js';
import { element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { form } from '../ui/form.js';
import { explain } from './enrolment.js';
import { back, page } from './page.js';

/** A passkey: the browser makes it. */
export const passkey = page('webauthn', (steps) => {
  const about = element('p', {}, METHODS['webauthn']!.about);
  if (typeof globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON !== 'function') {
    const cannot = 'This browser cannot make passkeys. Try it in another one, or on your phone.';
    steps.show(about, element('p', { class: 'note' }, cannot), back());
    return;
  }
  const name = field({
    name: 'key',
    label: 'Name it',
    hint: 'So that you know it again among others.',
    attributes: { autocomplete: 'off', maxlength: '64', value: 'This device' },
  });
  const created = form({
    fields: [name],
    submit: 'Create a passkey',
    busy: 'Your browser asks you now …',
    actions: [back()],
    explain: (error) =>
      error instanceof NoPasskey
        ? 'No passkey was made: your browser was told not to, or has one of this account already.'
        : explain(error),
    async send() {
      const called = name.input.value.trim();
      const { id, prompt } = await steps.enrolment.begin({ name: called });
      const credential = await make(prompt.publicKey!, steps.signal);
      await steps.enrolment.finish(id, { credential });
      void signalPasskeys();
      steps.done(`The passkey “${called}” is set up.`);
    },
  });
  steps.show(about, created);
});

class NoPasskey extends Error {}

async function make(
  options: PublicKeyCredentialCreationOptionsJSON,
  signal: AbortSignal,
): Promise<PublicKeyCredentialJSON> {
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const made = await navigator.credentials.create({ publicKey, signal });
    return (made as PublicKeyCredential).toJSON();
  } catch (cause) {
    signal.throwIfAborted();
    throw new NoPasskey('the browser made no passkey', { cause });
  }
}
