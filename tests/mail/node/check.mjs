// The server with a client that is not ours: node --test check.mjs

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';

const server = spawn(process.execPath, [fileURLToPath(new URL('server.mjs', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
  // Past this it hangs: red is better than no end.
  timeout: 60_000,
});
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();

async function hear() {
  const { value, done } = await lines.next();
  assert.ok(!done, 'the server ended');
  return JSON.parse(value);
}

function ask(control) {
  server.stdin.write(`${JSON.stringify(control)}\n`);
  return hear();
}

const { port } = await hear();
const MAIL = { from: 'authority@example.com', to: 'alice@example.com' };

function send(message, options = {}) {
  const transport = createTransport({ host: '127.0.0.1', port, socketTimeout: 500, ...options });
  return transport.sendMail({ ...MAIL, ...message });
}

after(async () => {
  server.stdin.end();
  assert.deepEqual(await once(server, 'exit'), [0, null]);
});

test('what a person reads is handed over, however it is written', async () => {
  const subject = 'Dein Code für heute – und ein langer Betreff, der auf mehrere Zeilen geht €';
  const texts = ['It is 123456.', 'Grüße €\nzwei\n.drei', `${'lang '.repeat(60)}=3D`, '日本語'];
  const writings = [
    {},
    { textEncoding: 'base64' },
    { textEncoding: 'quoted-printable' },
    { html: '<p>never</p>' },
    { html: '<p>never</p>', attachments: [{ filename: 'x.txt', content: 'never' }] },
  ];
  for (const text of texts) {
    for (const writing of writings) {
      await send({ subject, text, ...writing });
      const message = { from: MAIL.from, to: [MAIL.to], user: null, subject, text };
      assert.deepEqual(await hear(), { message }, JSON.stringify(writing));
    }
  }
  await send({ to: 'a@example.com, b@example.com', subject: 'x', text: 'x' });
  assert.deepEqual((await hear()).message.to, ['a@example.com', 'b@example.com']);
});

test('one password is taken', async () => {
  await send({ text: 'x' }, { auth: { user: 'app', pass: 'known-to-everybody' } });
  assert.equal((await hear()).message.user, 'app');
  await assert.rejects(send({ text: 'x' }, { auth: { user: 'app', pass: 'x' } }), { responseCode: 535 });
});

test('it fails as it is told', async () => {
  for (const [mode, failure] of [
    ['refuse', { responseCode: 550 }],
    ['defer', { responseCode: 451 }],
    ['hang', { code: 'ETIMEDOUT' }],
    ['drop', { code: 'ECONNECTION' }],
  ]) {
    assert.deepEqual(await ask({ mode }), { mode });
    await assert.rejects(send({ text: mode }), failure, mode);
  }
  assert.equal((await hear()).message.text, 'drop');
  assert.deepEqual(await ask({ mode: 'accept' }), { mode: 'accept' });
  await send({ text: 'again' });
  assert.equal((await hear()).message.text, 'again');
});

test('a line that is not understood is an error, and changes nothing', async () => {
  for (const line of [{ mode: 'x' }, { quit: 1 }, null, { mode: 'hang', x: 1 }]) {
    assert.ok((await ask(line)).error, JSON.stringify(line));
  }
  assert.deepEqual(await ask({}), { mode: 'accept' });
});
