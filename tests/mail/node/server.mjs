// A mail server on a free port of 127.0.0.1, controlled over stdin (see README.md). How it fails is
// told; everything else is smtp-server.

import { createInterface } from 'node:readline';
import { SMTPServer } from 'smtp-server';

import { read } from './message.mjs';

const MODES = ['accept', 'refuse', 'defer', 'hang', 'drop'];
const PASSWORD = 'known-to-everybody';
let mode = 'accept';

const say = (value) => console.log(JSON.stringify(value));

function failure(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

const server = new SMTPServer({
  authOptional: true,
  allowInsecureAuth: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  closeTimeout: 1,
  onAuth({ username, password }, _, done) {
    done(password === PASSWORD ? null : failure(535, 'wrong password'), { user: username });
  },
  onRcptTo(_, __, done) {
    if (mode === 'refuse') {
      done(failure(550, 'no such recipient'));
    } else if (mode === 'defer') {
      done(failure(451, 'try again later'));
    } else if (mode !== 'hang') {
      done();
    }
  },
  onData(stream, session, done) {
    const drops = mode === 'drop';
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope;
      const envelope = { from: mailFrom.address, to: rcptTo.map(({ address }) => address) };
      const message = read(Buffer.concat(chunks));
      say({ message: { ...envelope, user: session.user || null, ...message } });
      if (drops) {
        drop(session);
      } else {
        done();
      }
    });
  },
});

// The library has no word for it.
function drop(session) {
  for (const connection of server.connections) {
    if (connection.id === session.id) {
      connection._socket.destroy();
    }
  }
}

function control(line) {
  try {
    const { mode: next = mode, ...rest } = JSON.parse(line);
    if (Object.keys(rest).length > 0) {
      throw new Error(`unknown control ${Object.keys(rest)}`);
    }
    if (!MODES.includes(next)) {
      throw new Error(`mode is one of ${MODES.join(', ')}`);
    }
    mode = next;
    return { mode };
  } catch (error) {
    return { error: error.message };
  }
}

server.on('error', (error) => console.error(error.message));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
say({ port: server.server.address().port });
for await (const line of createInterface({ input: process.stdin })) {
  say(control(line));
}
process.exit();
