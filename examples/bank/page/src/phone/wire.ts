// What a device says and is told, as the authority's `device` documentation has it.

/** Where to pair, and the secret for it. */
export interface Pairing {
  readonly page: string;
  readonly secret: string;
}

/** What is asked of a device: all of it is shown, because all of it is signed. */
export interface Request {
  readonly id: string;
  readonly account: string;
  readonly client: string | null;
  readonly purpose: string;
  readonly levels: readonly string[];
  readonly browser: string | null;
  readonly address: string | null;
  readonly asked_at: number;
  readonly expires_at: number;
}

const MEMBERS =
  'account address asked_at browser client expires_at id levels purpose';

/** The pairing that a text is; nothing, if it is none of this bank's. */
export function pairingOf(text: string): Pairing | undefined {
  const [page = '', secret = ''] = text.trim().split('#');
  const isPage = /^\/[\w/-]+\/methods\/push\/devices\/[\w-]{22}\.[\w-]{22}$/;
  const url = URL.parse(page);
  const isOurs = url?.origin === location.origin && url.href === page && isPage.test(url.pathname);
  return isOurs && /^[\w-]{43}$/.test(secret) ? { page, secret } : undefined;
}

/** A request, unless there is more in it than is shown. */
export function requestOf(text: string): Request | undefined {
  const request: Request = JSON.parse(text);
  const isWhole = Object.keys(request).sort().join(' ') === MEMBERS;
  return isWhole && /^[\w-]+$/.test(request.id) ? request : undefined;
}

/** A JWT by ES256 whose header has `alg` and `typ` and nothing else. */
export async function sign(key: CryptoKey, typ: string, claims: object): Promise<string> {
  const part = (json: object) => base64url(new TextEncoder().encode(JSON.stringify(json)));
  const message = `${part({ alg: 'ES256', typ })}.${part(claims)}`;
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const bytes = new TextEncoder().encode(message);
  const signature = await crypto.subtle.sign(algorithm, key, bytes);
  return `${message}.${base64url(new Uint8Array(signature))}`;
}

/** The digest of what was shown. */
export async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return base64url(new Uint8Array(bytes));
}

export function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(16)));
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
