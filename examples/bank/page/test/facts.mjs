// What the first page costs, and what browsers are kept from: node facts.mjs ORIGIN. It prints its
// figures in one line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { browserFor, heading, origin, signedIn, tab } from './chromium.mjs';

/** Whatever the page asks for while it opens, as it went over the wire. */
async function watched(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const requests = new Map();
  cdp.on('Network.requestWillBeSent', ({ requestId, request }) => {
    requests.set(requestId, { url: request.url, bytes: 0 });
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    requests.get(requestId).bytes = encodedDataLength;
  });
  return requests;
}

test('the first page is a few small requests, and takes input soon', async (t) => {
  const context = await browserFor(t);
  await context.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector('#password')) {
        globalThis.takesInput = performance.now();
        observer.disconnect();
      }
    }).observe(document, { childList: true, subtree: true });
  });
  const page = await tab(context, 'about:blank');
  const requests = await watched(page);
  await page.goto(origin, { waitUntil: 'networkidle' });
  await page.locator('#username').fill('alice');
  const { paint, input } = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    input: globalThis.takesInput,
  }));

  const paths = [...requests.values()].map(({ url }) => url.replace(origin, '')).sort();
  const once = ['/', '/assets/app.js', '/assets/icon.svg', '/assets/style.css', '/demo'];
  assert.deepEqual([...new Set(paths)], once);
  // Its icon stands in the page as well.
  assert.ok(paths.length <= once.length + 1, paths.join(' '));

  const files = once.filter((path) => path !== '/demo').map((path) => fetch(origin + path));
  const bodies = (await Promise.all(files)).map(async (file) => Buffer.from(await file.arrayBuffer()));
  const gzipped = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  const bytes = [...requests.values()].reduce((sum, request) => sum + request.bytes, 0);
  const kB = (number) => `${(number / 1000).toFixed(1)} kB`;
  const ms = (number) => `${Math.round(number)} ms`;
  console.log(
    `facts: ${paths.length} requests, ${kB(bytes)} as sent, ${kB(gzipped)} if gzipped, ` +
      `first paint after ${ms(paint)}, sign-in takes input after ${ms(input)}`,
  );
  assert.ok(bytes > 20_000 && bytes < 120_000, kB(bytes));
  assert.ok(gzipped > 5_000 && gzipped < 40_000, kB(gzipped));
  // An order of magnitude above what a busy machine takes.
  assert.ok(paint > 0 && paint < 10_000 && input > 0 && input < 10_000, `${paint} ${input}`);
});

test('p8 who waits for a page sees it, and nothing moves', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/profile');
  const top = () => page.evaluate(() => document.querySelector('main').firstElementChild.getBoundingClientRect().top);
  const before = await top();
  let go;
  const gone = new Promise((resolve) => (go = resolve));
  await page.route('**/accounts', async (route) => {
    await gone;
    await route.continue();
  });
  await page.getByRole('link', { name: 'Accounts' }).click();
  await page.locator('#said', { hasText: 'Accounts: One moment …' }).waitFor();
  const bar = () => getComputedStyle(document.querySelector('main'), '::before').borderTopWidth;
  assert.equal(await page.evaluate(bar), '3px');
  assert.equal(await top(), before);
  // What is left is not pressed any more.
  assert.ok(await page.locator('main').evaluate((main) => main.inert));
  go();
  await heading(page, 'Hello');
  assert.ok(!(await page.locator('main').evaluate((main) => main.inert)));

  // Nor does the navigation.
  const lefts = () => page.locator('#nav a').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().left));
  const here = await lefts();
  await page.getByRole('link', { name: 'Security' }).click();
  await heading(page, 'Ways to confirm');
  assert.deepEqual(await lefts(), here);
});

test('p19 a bank says that it is a demonstration where it is one, and how far', async (t) => {
  const context = await browserFor(t);
  const told = async (answer) => {
    await context.route('**/demo', (route) => route.fulfill(answer));
    const page = await tab(context);
    await heading(page, 'Sign in');
    await page.locator('.demo:empty').waitFor({ state: 'detached' });
    await context.unroute('**/demo');
    return [await page.locator('main').innerText(), await page.locator('footer').innerText()];
  };
  const [none, foot] = await told({ status: 404 });
  assert.equal(context.printed.splice(0).length, 1);
  assert.deepEqual([/made-up/.test(none), foot.trim()], [false, 'What just happened']);

  const [gone, real] = await told({ json: { users: [], outbox: false } });
  assert.match(gone, /All made-up customers have closed their accounts/);
  assert.match(real, /no real money\.\s+Phone\s+What just happened/);
  const user = { user: 'carol', name: 'Carol', password: 'x', totp_secret: '' };
  const [, shown] = await told({ json: { users: [user], outbox: true } });
  assert.match(shown, /no real mail\.\s+Phone\s+Outbox\s+What just happened/);
});

test('a page that was seen is asked for, and not sent again', async (t) => {
  const page = await tab(await browserFor(t));
  await page.waitForLoadState('networkidle');
  const requests = await watched(page);
  await page.reload({ waitUntil: 'networkidle' });
  const { bytes } = [...requests.values()].find(({ url }) => url.endsWith('/app.js'));
  assert.ok(bytes < 1_000, `${bytes}`);
});

test('the policy lets nothing in from elsewhere, nothing inline, and no text become code', async (t) => {
  const context = await browserFor(t);
  for (const path of ['/', '/phone', '/demo/outbox']) {
    const page = await tab(context, 'about:blank');
    const policy = (await page.goto(origin + path)).headers()['content-security-policy'];
    const directives = new Map(
      policy.split(';').map((directive) => {
        const [name, ...sources] = directive.trim().split(/\s+/);
        return [name, sources];
      }),
    );
    assert.deepEqual(directives.get('default-src'), ["'none'"]);
    assert.deepEqual(directives.get('script-src'), ["'self'"]);
    assert.deepEqual(directives.get('require-trusted-types-for'), ["'script'"]);
    for (const [name, sources] of directives) {
      const isNarrow = (source) => /^('self'|'none'|'script'|data:)$/.test(source);
      assert.ok(sources.every(isNarrow), `${path}: ${name} ${sources.join(' ')}`);
      assert.ok(name === 'img-src' || !sources.includes('data:'), `${path}: ${name}`);
    }
  }
});

test('what is kept from the page is seen by these tests', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'alice');
  const violated = await page.evaluate(async () => {
    const violation = new Promise((done) => {
      document.addEventListener('securitypolicyviolation', done, { once: true });
    });
    document.body.append(Object.assign(new Image(), { src: 'https://elsewhere.example/' }));
    return (await violation).effectiveDirective;
  });
  assert.equal(violated, 'img-src');
  const code = "document.createElement('p').innerHTML = '<b>';";
  await assert.rejects(page.evaluate((text) => new Function(text)(), code), /EvalError|Trusted/);
  await assert.rejects(page.evaluate(() => (document.createElement('p').innerHTML = '<b>')), /Trusted/);
  await page.evaluate(() => console.warn('careful'));
  assert.deepEqual(context.foreign.splice(0), ['https://elsewhere.example/']);
  const printed = context.printed.splice(0).join('\n');
  assert.match(printed, /violated: img-src/);
  assert.match(printed, /violated: require-trusted-types-for/);
  assert.match(printed, /careful/);
});
