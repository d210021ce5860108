// An authenticator app (RFC 6238): six digits, every half minute anew, by HMAC-SHA-1.

export interface App {
  /** `Bank: alice` */
  readonly label: string;
  /** In base32. */
  readonly secret: string;
}

export const STEP = 30;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What the text of a QR code is of; nothing, if it is no app's. */
export function appOf(text: string): App | undefined {
  const uri = text.startsWith('otpauth://totp/') ? URL.parse(text) : null;
  const secret = uri?.searchParams.get('secret') ?? '';
  const label = decoded(text.split('?')[0]!.slice('otpauth://totp/'.length));
  return /^[A-Z2-7]{16,}$/.test(secret) ? { label: label.replace(/:\s*/, ': '), secret } : undefined;
}

/** Nothing, where it is no text that was encoded: anybody may have written the link. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

export async function codeAt(seconds: number, secret: string): Promise<string> {
  const bits = [...secret].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2));
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await crypto.subtle.importKey('raw', new Uint8Array(bytes), algorithm, false, ['sign']);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(seconds / STEP)));
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter));
  const number = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
