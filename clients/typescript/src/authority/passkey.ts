/** The browser's own question came to nothing: it was closed, or no key is at hand. */
export class PasskeyFailed extends Error {
  override readonly name = 'PasskeyFailed';
}

/** Whether this is a browser that can ask for a passkey. */
export function canAskForPasskey(): boolean {
  return (
    typeof PublicKeyCredential === 'function' &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'
  );
}

/** What the person's passkey or security key says to these options. */
export async function askForPasskey(options: unknown, signal: AbortSignal): Promise<unknown> {
  try {
    const json = options as PublicKeyCredentialRequestOptionsJSON;
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
    const credential = await navigator.credentials.get({ publicKey, signal });
    return (credential as PublicKeyCredential).toJSON();
  } catch (cause) {
    signal.throwIfAborted();
    throw new PasskeyFailed('no passkey answered', { cause });
  }
}
