// What the bank serves, from its sources: node build.mjs [FOLDER]. The same sources give the same
// bytes.

import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const page = fileURLToPath(new URL('.', import.meta.url));
const folder = resolve(process.argv[2] ?? join(page, 'dist'));
const assets = join(folder, 'assets');

await rm(folder, { recursive: true, force: true });
await mkdir(assets, { recursive: true });
await build({
  absWorkingDir: page,
  entryPoints: ['src/app.ts', 'src/phone.ts', 'src/outbox.ts', 'style.css'],
  outdir: assets,
  entryNames: '[name]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});
await copyFile(join(page, 'icon.svg'), join(assets, 'icon.svg'));
for (const name of ['index.html', 'phone.html', 'outbox.html']) {
  await copyFile(join(page, name), join(folder, name));
}
