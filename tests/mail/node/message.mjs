// What a person would read of a message (RFC 5322, 2045 and 2047): subject and plain text.

export function read(bytes) {
  const { headers, body } = split(bytes.toString('latin1'));
  return { subject: words(headers.get('subject') ?? ''), text: text(headers, body) };
}

function split(message) {
  const end = message.indexOf('\r\n\r\n');
  const head = end < 0 ? message : message.slice(0, end);
  const headers = new Map();
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end < 0 ? '' : message.slice(end + 4) };
}

// Of several parts the first that is plain text.
function text(headers, body) {
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary) {
    const parts = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1);
    const texts = parts.map((part) => split(part.replace(/^[^\n]*\n/, '')));
    const found = texts.map((part) => text(part.headers, part.body));
    return found.find((part) => part !== null) ?? null;
  }
  if (!/^text\/plain/i.test(type)) {
    return null;
  }
  const encoding = (headers.get('content-transfer-encoding') ?? '7bit').toLowerCase();
  return decoded(encoding, body).replace(/\r\n/g, '\n').replace(/\n$/, '');
}

function decoded(encoding, body) {
  if (encoding === 'base64') {
    return Buffer.from(body, 'base64').toString();
  }
  return Buffer.from(encoding === 'quoted-printable' ? unquoted(body) : body, 'latin1').toString();
}

function unquoted(body) {
  const lines = body.replace(/=\r\n/g, '');
  return lines.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

// Encoded words; between two of them a space means nothing.
function words(value) {
  const joined = value.replace(/\?=\s+=\?/g, '?==?');
  return joined.replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, (_, kind, word) =>
    kind.toLowerCase() === 'b'
      ? decoded('base64', word)
      : decoded('quoted-printable', word.replace(/_/g, ' ')),
  );
}
