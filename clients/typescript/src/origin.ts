// Where tokens may go.

/**
 * An address as it is given, whole. Tokens pass no open network: over plain http it has to be on
 * this machine.
 *
 * @throws {TypeError} It is none.
 */
export function trusted(option: string, text: string, base?: string): URL {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    throw new TypeError(`${option}: "${text}" is no address; give it whole, as "https://api.example"`);
  }
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`${option}: an address with a password in it; leave that out`);
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)) {
    return url;
  }
  throw new TypeError(`${option}: "${text}" is not safe for tokens; use https, or this machine`);
}
