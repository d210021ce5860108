// The Auth emulator of firebase-tools on a free port of 127.0.0.1. Says `{"url":"http://…"}` when it
// is ready, and ends when stdin closes.

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIREBASE = fileURLToPath(new URL('node_modules/firebase-tools/lib/bin/firebase.js', import.meta.url));
// A name that begins so never reaches Google.
const PROJECT = 'demo-bank';
const SECONDS = 60;
const host = '127.0.0.1';

// Free now: the emulator takes no port 0.
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise((resolve) => {
      const server = createServer().listen(0, host, () => resolve(server));
    })),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const [auth, hub, logging] = await freePorts(3);
const folder = await mkdtemp(join(tmpdir(), 'stepup-emulator-'));
const config = join(folder, 'firebase.json');
await writeFile(config, JSON.stringify({
  emulators: {
    auth: { host, port: auth },
    hub: { host, port: hub },
    logging: { host, port: logging },
    ui: { enabled: false },
    singleProjectMode: false,
  },
}));

const emulator = spawn(
  process.execPath,
  [FIREBASE, 'emulators:start', '--only', 'auth', '--project', PROJECT, '--config', config],
  {
    cwd: folder,
    env: { ...process.env, CI: '1', FIREBASE_CLI_DISABLE_UPDATE_CHECK: '1' },
    stdio: ['ignore', 2, 2],
  },
);
const ended = new Promise((resolve) => emulator.on('exit', resolve));

async function end(code) {
  emulator.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
  process.exit(code);
}

process.stdin.on('end', () => end(0)).resume();

const url = `http://${host}:${auth}`;
const latest = Date.now() + SECONDS * 1000;
for (;;) {
  const answer = await fetch(url).then((response) => response.json()).catch(() => undefined);
  if (answer?.authEmulator?.ready) {
    break;
  }
  if (Date.now() > latest || emulator.exitCode !== null) {
    console.error('the emulator does not start');
    await end(1);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
console.log(JSON.stringify({ url }));
