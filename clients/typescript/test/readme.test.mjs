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
  const snippets = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, snippet]) => snippet);
  assert.ok(snippets.length >= 5);
  // Each is a module, named by its place, beside what is imported by the package's name.
  const files = snippets.map((snippet, at) => {
    writeFileSync(`${folder}/${at + 1}.ts`, snippet);
    return `${at + 1}.ts`;
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
