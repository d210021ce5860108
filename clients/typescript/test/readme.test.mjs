// What the README shows compiles.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}dist/snippets`;

test('the snippets of the README compile', (t) => {
  mkdirSync(folder, { recursive: true });
  t.after(() => rmSync(folder, { recursive: true }));
  const readme = readFileSync(`${root}README.md`, 'utf8');
  const snippets = [...readme.matchAll(/(?:`([\w-]+\.ts)`:\n\n)?```ts\n(.*?)```/gs)];
  assert.ok(snippets.length >= 5);
  // Each is a module beside what is imported by the package's name: called as it says, or by its place.
  const files = snippets.map(([, called, snippet], at) => {
    const name = called ?? `${at + 1}.ts`;
    writeFileSync(`${folder}/${name}`, snippet);
    return name;
  });
  const compilerOptions = { noEmit: true, rootDir: root, declaration: false };
  const config = { extends: `${root}tsconfig.json`, compilerOptions, files, include: [] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
  const compiler = `${root}node_modules/typescript/bin/tsc`;
  try {
    execFileSync(process.execPath, [compiler, '-p', folder]);
  } catch (error) {
    assert.fail(String(error.stdout));
  }
});
