// Options and answers are read and written by hand, as `parseRequestOptionsFromJSON` and `toJSON`
// do it (WebAuthn Level 3 §5.1.8): browsers had passkeys for years before they had those.

import { fromBase64url, toBase64url } from '../base64url.js';

/** The browser's own question came to nothing: it was closed, or no key is at hand. */
export class PasskeyFailed extends Error {
  override readonly name = 'PasskeyFailed';
}

/** Whether this is a browser that can ask for a passkey. */
export function canAskForPasskey(): boolean {
  return typeof PublicKeyCredential === 'function';
}

/** What the person's passkey or security key says to these options. */
export async function askForPasskey(options: unknown, signal: AbortSignal): Promise<unknown> {
  try {
    const publicKey = read(options as Options);
    const credential = await navigator.credentials.get({ publicKey, signal });
    return written(credential as PublicKeyCredential);
  } catch (cause) {
    signal.throwIfAborted();
    throw new PasskeyFailed('no passkey answered', { cause });
  }
}

/** As an authority writes them. */
type Options = Omit<PublicKeyCredentialRequestOptionsJSON, 'extensions'>;

function read(json: Options): PublicKeyCredentialRequestOptions {
  const { challenge, allowCredentials = [], ...others } = json;
  const allowed = allowCredentials.map(({ id, ...one }) => ({ ...one, id: fromBase64url(id) }));
  const options = { ...others, challenge: fromBase64url(challenge), allowCredentials: allowed };
  return options as PublicKeyCredentialRequestOptions;
}

function written(credential: PublicKeyCredential): object {
  const { clientDataJSON, authenticatorData, signature, userHandle } =
    credential.response as AuthenticatorAssertionResponse;
  return {
    id: credential.id,
    rawId: toBase64url(credential.rawId),
    type: credential.type,
    response: {
      clientDataJSON: toBase64url(clientDataJSON),
      authenticatorData: toBase64url(authenticatorData),
      signature: toBase64url(signature),
      ...(userHandle !== null && { userHandle: toBase64url(userHandle) }),
    },
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}
