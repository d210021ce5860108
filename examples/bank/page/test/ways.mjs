// Ways to confirm on their way in, and customers on their way out, on a bank that was just started:
// node ways.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  appCode,
  browserFor,
  choose,
  codeOf,
  heading,
  mailedCodes,
  opened,
  origin,
  part,
  pay,
  signedIn,
  tab,
} from './chromium.mjs';

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

const ENROLMENT = '**/step-up/enrolments/*';
const BEGINNING = '**/step-up/enrolments';
const GONE = { status: 404, contentType: 'application/problem+json', body: '{"type":"/not-found"}' };

/** What the bank, or its authority, says is wrong. */
const problem = (status, name, more = {}) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ type: `https://bank.example/problems/${name}`, ...more }),
});

/** A login that is no longer good. */
const OUT = { ...problem(401, 'invalid-token'), headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };

/** What a page is given to show a code for. */
const BEGUN = {
  id: 'e_1',
  secret: 'ABCDEFGHABCDEFGH',
  otpauth_uri: 'otpauth://totp/Bank:alice?secret=ABCDEFGHABCDEFGH',
  qr: '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

const user = (page) => page.evaluate(() => JSON.parse(sessionStorage.getItem('bank.login') ?? '{}').user);

async function signIn(page, name) {
  await page.locator('#username').fill(name);
  await page.locator('#password').fill('correct horse');
  await page.keyboard.press('Enter');
}

/** Says yes or no to the next question of the browser, and gives it. */
async function asked(page, isYes) {
  const dialog = await page.waitForEvent('dialog');
  await (isYes ? dialog.accept() : dialog.dismiss());
  return dialog.message();
}

/** Recovery codes are on the screen. */
async function codesShown(page) {
  const codes = Array.from({ length: 10 }, (_, at) => `abcd-efgh-ijk${at}`);
  await page.route(BEGINNING, (route) => route.fulfill({ status: 201, json: { id: 'e_1', codes } }));
  await press(page, 'Make ten codes');
  await page.locator('.codes').waitFor();
}

const isAt = (page, path) => page.waitForFunction((hash) => location.hash === hash, `#${path}`);

/** Has the bank do it, and nobody be told. */
const lost = async (route) => {
  await route.fetch();
  await route.abort('connectionreset');
};

/** The first step of this page. */
async function begun(context, user, path, name = 'Begin') {
  const page = await signedIn(context, user, path);
  await press(page, name);
  await choose(page, 'Authenticator');
  await answer(page, await appCode(user));
  return page;
}

test('p1 an app is told as what it is where the answer was lost', async (t) => {
  const page = await begun(await browserFor(t), 'bob', '/security/app');
  const secret = await page.locator('.secret code').textContent();
  await page.locator('#code').fill(codeOf(secret));

  await page.route(ENROLMENT, (route) => route.abort());
  await press(page, 'Confirm');
  await page.getByText('There is no connection to the bank. It is not set up yet.').waitFor();

  await page.unroute(ENROLMENT);
  await page.route(ENROLMENT, lost);
  await page.route('**/step-up/factors', (route) => route.abort());
  await press(page, 'Confirm');
  await page.getByText('We do not know whether it is set up.').waitFor();

  // It is, and the authority knows the enrolment no more.
  await page.unroute('**/step-up/factors');
  await page.unroute(ENROLMENT);
  await press(page, 'Confirm');
  await page.getByText('Your authenticator app is set up.').waitFor();
  assert.equal(await page.locator('.rows li').count(), 3);
});

test('p1 a code that comes too late is not told as one that was lost', async (t) => {
  const page = await begun(await browserFor(t), 'alice', '/security/app');
  await page.route(ENROLMENT, (route) => route.fulfill(GONE));
  await page.locator('#code').fill('123456');
  await press(page, 'Confirm');
  await page.getByText('It is not set up: that took too long').waitFor();
  await press(page, 'Begin again');
  await page.getByRole('button', { name: 'Begin', exact: true }).waitFor();
});

test('an app of another tab is not told as this one', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/security/app');
  await page.route(BEGINNING, (route) => route.fulfill({ status: 201, json: BEGUN }));
  await press(page, 'Begin');
  await page.locator('#code').fill('123456');
  await page.route(ENROLMENT, (route) => route.fulfill(problem(410, 'ceremony-over')));
  await page.route('**/step-up/factors', async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    list.factors.push({ id: 'f_other', method: 'totp', hint: '', enrolled_at: 5, disabled: false });
    await route.fulfill({ response, json: list });
  });
  await press(page, 'Confirm');
  await page.getByText('It is not set up: that took too long').waitFor();
});

test('a code that was the last one is told as that', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/security/app');
  await page.route(BEGINNING, (route) => route.fulfill({ status: 201, json: BEGUN }));
  await press(page, 'Begin');
  await page.locator('#code').fill('123456');
  for (const [left, said] of [[2, 'You have 2 more attempts.'], [1, 'You have one more attempt.'], [0, 'It is not set up']]) {
    await page.route(ENROLMENT, (route) => route.fulfill(problem(403, 'wrong-answer', { attempts_left: left })));
    await press(page, 'Confirm');
    await page.getByText(said).waitFor();
  }
  await press(page, 'Begin again');
  await page.getByRole('button', { name: 'Begin', exact: true }).waitFor();
});

test('the first way is set up by who has just signed in, and all others are told so', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/pay');
  await page.locator('#to').fill('bob');
  await page.locator('#amount').fill('2');
  await press(page, 'Continue');
  await heading(page, 'Is this right?');
  await page.goto(`${origin}/#/security/app`);
  await page.route(BEGINNING, (route) => route.fulfill(problem(403, 'login-too-old', { max_age: 300 })));
  await press(page, 'Begin');
  await page.getByText('Sign in again: the first way to confirm is set up within 5 minutes of signing in.').waitFor();
  const { token } = await page.evaluate(() => JSON.parse(sessionStorage.getItem('bank.login')));
  const out = page.waitForResponse(`${origin}/logout`);
  await press(page, 'Sign in again');
  await heading(page, 'Sign in');
  await page.getByText('Sign in again, and go on where you were.').waitFor();
  await out;
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await page.request.get(`${origin}/accounts`, { headers })).status(), 401);
  await page.unroute(BEGINNING);
  await signIn(page, 'alice');
  await heading(page, 'Authenticator app');
  await page.goto(`${origin}/#/pay/review`);
  await page.locator('dd', { hasText: '€2.00' }).waitFor();
});

test('what the authority says to programs is said to customers in their words', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/security/email');
  await page.locator('#email').fill('alice@localhost');
  const detail = 'Finish one of them, or wait a while.';
  const often = problem(429, 'too-many-ceremonies', { detail });
  for (const [told, said] of [
    [problem(422, 'unfit-details', { detail: 'give one plain address as `email`' }), 'Write an address such as name@example.com.'],
    [{ ...often, headers: { 'retry-after': '120' } }, 'This was asked for very often of late. Try again in 2 minutes. Nothing was changed.'],
  ]) {
    await page.route(BEGINNING, (route) => route.fulfill(told));
    await press(page, 'Send a code');
    await page.getByText(said, { exact: true }).waitFor();
  }
});

test('an address that cannot be changed now is told why', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/profile/email');
  await page.locator('#email').fill('alice@elsewhere.example');
  for (const [told, said] of [
    [problem(429, 'too-many-addresses'), 'Your address was changed five times in the last 30 days.'],
    [problem(409, 'only-way'), 'Set up another way to confirm first: codes to your present address end when it changes.'],
  ]) {
    await page.route('**/profile/email', (route) => route.fulfill(told));
    await press(page, 'Change it');
    await page.getByText(said).waitFor();
  }
  await page.getByRole('link', { name: 'Set up another way' }).click();
  await heading(page, 'Ways to confirm');
});

test('a browser that has no passkeys is told so, and not that nothing is strong enough', async (t) => {
  const context = await browserFor(t);
  await context.addInitScript(() => delete globalThis.PublicKeyCredential);
  const page = await signedIn(context, 'bob', '/profile/close');
  await page.locator('#sure').check();
  await press(page, 'Close my account');
  await page.getByText('This takes a passkey, and this browser cannot use one.').waitFor();
  await page.getByText('Your account is as it was.').waitFor();

  // Another way would do there, and theirs may be a passkey alone.
  const enrol = ['totp'];
  const unmet = problem(403, 'unmet-authentication-requirements', { detail: 'No.', enrol });
  await page.route('**/step-up/ceremonies', (route) => route.fulfill(unmet));
  await pay(page, 'alice', '1');
  await page.getByText('If you have a passkey: this browser cannot use it, and another one can.').waitFor();
  await page.getByRole('link', { name: 'Authenticator app' }).waitFor();
});

for (const hasPasskeys of [true, false]) {
  const where = hasPasskeys ? '' : ', in a browser without passkeys';
  test(`the one way that was left is not told as too weak once it cannot be used${where}`, (t) => noneLeft(t, hasPasskeys));
}

async function noneLeft(t, hasPasskeys) {
  const context = await browserFor(t);
  if (!hasPasskeys) {
    await context.addInitScript(() => delete globalThis.PublicKeyCredential);
  }
  const page = await signedIn(context, 'alice');
  const factors = [{ id: 'f_1', method: 'totp', level: 'mfa', hint: '' }];
  const ceremonies = '**/step-up/ceremonies';
  await page.route(ceremonies, (route) => route.fulfill({ status: 201, json: { id: 'c_1', expires_in: 300, factors } }));
  await page.route(`${ceremonies}/c_1/**`, (route) => route.fulfill(problem(403, 'factor-disabled')));
  await pay(page, 'bob', '1');
  await part(page, 'input').click();
  await answer(page, '123456');
  await page.getByText('The way that you tried cannot be used any more, and there is no other for this.').waitFor();
  const hint = page.getByText('this browser cannot use it, and another one can.');
  assert.equal(await hint.count(), hasPasskeys ? 0 : 1);
}

test('p1 so is a phone', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'alice', '/security/phone');
  await press(page, 'Begin');
  await choose(page, 'E-mail');
  await part(page, 'input').waitFor();
  await answer(page, (await mailedCodes('alice'))[0]);
  await page.getByText('Waiting for your phone').waitFor();
  await page.route(ENROLMENT, lost);
  const phone = await opened(context, page, /Open the demo phone/);
  await press(phone, 'Pair');
  await phone.getByText('This phone is paired.').waitFor();
  await page.bringToFront();
  await page.getByText('Your phone is set up.').waitFor();

  // What it was asked is not told as cancelled where the bank knows it no more.
  await page.reload();
  await pay(page, 'bob', '1');
  await choose(page, 'Phone');
  await part(page, 'number').waitFor();
  await phone.bringToFront();
  await phone.getByText('Is it you?').waitFor();
  const unpaired = problem(401, 'device-unpaired');
  await phone.route('**/devices/*/requests', (route) => route.fulfill(unpaired));
  await phone.getByText('The bank does not know this phone any more. Nobody hears what is answered here.').waitFor();
});

test('p30 the code is typed where one is', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/security/email');
  await page.locator('#email').fill('alice@elsewhere.example');
  await press(page, 'Send a code');
  await choose(page, 'Authenticator');
  await answer(page, await appCode('alice'));
  await page.locator('#code:focus').waitFor();
  await page.getByRole('link', { name: 'See it in the demo outbox' }).waitFor();
});

test('p13 recovery codes are not left unread, and say whose they are', async (t) => {
  const page = await begun(await browserFor(t), 'alice', '/security/codes', 'Make ten codes');
  await page.locator('.codes code').first().waitFor();
  const codes = await page.locator('.codes').innerText();
  const question = asked(page, false);
  await page.getByRole('link', { name: 'Profile' }).click();
  assert.match(await question, /not shown again/);
  await isAt(page, '/security/codes');
  assert.equal(await page.locator('.codes').innerText(), codes);

  await page.emulateMedia({ media: 'print' });
  const printed = await page.locator('main').innerText();
  assert.match(printed, /Recovery codes · Bank · alice · \d+ \w+ \d{4} · http:\/\/localhost:\d+/);
  assert.ok(!printed.includes('Done') && !printed.includes('not shown again'), printed);
  await page.emulateMedia({ media: 'screen' });

  await page.locator('#kept').check();
  await press(page, 'Done');
  await page.getByText('Your recovery codes are set up.').waitFor();
});

test('recovery codes whose answer was lost are not told as set up, or as not', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/security/codes');
  await page.route(BEGINNING, (route) => route.abort());
  await press(page, 'Make ten codes');
  await page.getByText(/We do not know whether new codes were made\. If they were, your older ones are void: make them again\.$/).waitFor();
  for (const name of ['Profile', 'Not now']) {
    const question = asked(page, false);
    await page.getByRole('link', { name }).click();
    assert.match(await question, /may have been made/);
    await isAt(page, '/security/codes');
  }
  // What is refused now says nothing of what was done before.
  await page.route(BEGINNING, (route) => route.fulfill(problem(400, 'malformed-request', { detail: 'No.' })));
  await press(page, 'Make ten codes');
  await page.getByText('No. We do not know whether new codes were made.').waitFor();
  // Nor is it left while they are made.
  await page.route(BEGINNING, () => {});
  await press(page, 'Make ten codes');
  await page.getByRole('button', { name: 'One moment …' }).waitFor();
  const question = asked(page, true);
  await page.getByRole('link', { name: 'Profile' }).click();
  assert.match(await question, /may have been made/);
  await heading(page, 'Profile');
  // Where the bank refuses there is nothing to lose.
  await page.goto(`${origin}/#/security/codes`);
  await page.route(BEGINNING, (route) => route.fulfill(problem(400, 'malformed-request', { detail: 'No.' })));
  await press(page, 'Make ten codes');
  await page.getByText('No. Nothing was changed.').waitFor();
  await page.getByRole('link', { name: 'Not now' }).click();
  await heading(page, 'Ways to confirm');
});

test('who stays with their codes is where they were, by whichever way they left', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/profile');
  let questions = 0;
  page.on('dialog', () => (questions += 1));
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await heading(page, 'Ways to confirm');
  // To where one is: it is no step, and nothing is lost of where it is in the history.
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await page.getByRole('link', { name: /recovery codes/i }).click();
  await codesShown(page);
  let question = asked(page, false);
  await page.getByRole('button', { name: 'Sign out' }).click();
  assert.match(await question, /not shown again/);
  await page.locator('.codes').waitFor();
  question = asked(page, false);
  await page.goBack();
  await question;
  await isAt(page, '/security/codes');
  await page.locator('.codes').waitFor();
  assert.equal(questions, 2);
  question = asked(page, true);
  await page.goBack();
  await question;
  await heading(page, 'Ways to confirm');

  // Forward as well, and then back is where it was.
  await page.goForward();
  await codesShown(page);
  await page.locator('#kept').check();
  await press(page, 'Done');
  await heading(page, 'Ways to confirm');
  await page.getByRole('link', { name: /recovery codes/i }).click();
  await page.getByRole('link', { name: 'Profile' }).click();
  await heading(page, 'Profile');
  await page.goBack();
  await codesShown(page);
  question = asked(page, false);
  await page.goForward();
  await question;
  await isAt(page, '/security/codes');
  await page.locator('.codes').waitFor();
  question = asked(page, true);
  await page.goBack();
  await question;
  await heading(page, 'Ways to confirm');
  assert.equal(questions, 5);
  await page.goto(`${origin}/#/profile`);
  await heading(page, 'Profile');

  // Between two entries of one page nothing is to be seen, and yet it was a step.
  await page.goto(`${origin}/#/security`);
  await page.getByRole('link', { name: /recovery codes/i }).click();
  await press(page, 'Make ten codes');
  await page.locator('#kept').check();
  await press(page, 'Done');
  await heading(page, 'Ways to confirm');
  await page.goBack();
  await page.getByRole('link', { name: /recovery codes/i }).click();
  await press(page, 'Make ten codes');
  await page.locator('.codes').waitFor();
  question = asked(page, false);
  await page.goBack();
  await question;
  await isAt(page, '/security/codes');
  await page.locator('.codes').waitFor();

  question = asked(page, true);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await question;
  await heading(page, 'Sign in');
});

test('what asks whether to remove goes with the session', async (t) => {
  const context = await browserFor(t);
  await context.clock.install();
  const page = await signedIn(context, 'bob', '/security');
  const dialog = page.locator('dialog.ask');
  await page.getByRole('button', { name: /^Remove E-mail/ }).click();
  await dialog.waitFor();
  await context.clock.runFor('01:00:10');
  await heading(page, 'Sign in');
  await dialog.waitFor({ state: 'detached' });

  await signIn(page, 'bob');
  await page.getByRole('button', { name: /^Remove E-mail/ }).click();
  await page.route('**/step-up/factors/*', (route) => route.fulfill(OUT));
  await press(page, 'Remove');
  await heading(page, 'Sign in');
  await dialog.waitFor({ state: 'detached' });
});

test('a session is ended by its own refusals, and begun by a sign-in that was not left', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/profile');
  const list = {
    factors: [{ id: 'f_1', method: 'webauthn', hint: 'Laptop', enrolled_at: 5, disabled: false }],
    enrollable: [],
  };
  let late;
  const isLate = new Promise((resolve) => (late = resolve));
  let times = 0;
  await page.route('**/step-up/factors', async (route) => {
    times += 1;
    // The second is of nobody who waits: which passkeys are left is told to the browser.
    await (times === 2 ? late(route) : route.fulfill({ json: list }));
  });
  await page.route('**/step-up/factors/*', (route) => route.fulfill({ status: 204 }));
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await page.getByRole('button', { name: /^Remove Passkey/ }).click();
  await press(page, 'Remove');
  await page.getByText('Passkey is removed.').waitFor();
  const route = await isLate;
  await press(page, 'Sign out');
  await signIn(page, 'bob');
  await heading(page, 'Ways to confirm');
  const heard = page.waitForResponse('**/step-up/factors');
  await route.fulfill(OUT);
  await (await heard).finished();
  await page.goto(`${origin}/#/`);
  await heading(page, 'Hello, Bob');

  await press(page, 'Sign out');
  let go;
  const gone = new Promise((resolve) => (go = resolve));
  await page.route('**/login', async (route) => {
    if (route.request().postData().includes('alice')) {
      const response = await route.fetch();
      await gone;
      await route.fulfill({ response }).catch(() => {});
      return;
    }
    await route.continue();
  });
  await signIn(page, 'alice');
  await page.getByRole('button', { name: 'Signing in …' }).waitFor();
  await page.goto(`${origin}/#/profile`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await signIn(page, 'bob');
  await heading(page, 'Profile');
  go();
  await page.goto(`${origin}/#/`);
  await heading(page, 'Hello, Bob');
  assert.equal(await user(page), 'bob');
});

test('a name is one however it is typed', async (t) => {
  const page = await tab(await browserFor(t));
  await signIn(page, ' Bob ');
  await heading(page, 'Hello, Bob');
  assert.equal(await user(page), 'bob');
});

test('what was on its way when its customer left is not in the drawer of the next', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/profile');
  await page.route('**/accounts', () => {});
  await page.getByRole('link', { name: 'Accounts' }).click();
  await page.locator('main[aria-busy]').waitFor();
  await press(page, 'Sign out');
  await heading(page, 'Sign in');
  await press(page, 'What just happened');
  await page.getByText('Nothing yet.').waitFor();
  assert.equal(await page.locator('.exchanges li').count(), 0);
});

test('p12 of two of a kind it is said which', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/security');
  await page.getByText(/Since today, \d\d:\d\d/).first().waitFor();
  await page.getByRole('button', { name: /^Remove E-mail b…@example\.com, since today, \d\d:\d\d$/ }).click();
  await page.getByText(/“b…@example\.com” was set up today, \d\d:\d\d/).waitFor();
});

test('p2 who signs out where nobody hears it is told so, until somebody has', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  const { token } = await page.evaluate(() => JSON.parse(sessionStorage.getItem('bank.login')));
  const headers = { authorization: `Bearer ${token}` };
  const accounts = async () => (await page.request.get(`${origin}/accounts`, { headers })).status();
  const said = page.locator('main .note');
  const answers = [
    async (route) => {
      await said.filter({ hasText: 'Signing out' }).waitFor();
      await route.abort();
    },
    (route) => route.fulfill({ status: 503 }),
  ];
  await page.route('**/logout', async (route) => {
    const how = answers.shift();
    await (how === undefined ? route.continue() : how(route));
  });
  await press(page, 'Sign out');
  await said.filter({ hasText: 'The bank has not heard of it yet' }).waitFor();
  assert.equal(await accounts(), 200);
  // It is tried again after a second, or once there is a connection again.
  await page.waitForResponse(`${origin}/logout`);
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await said.filter({ hasText: 'You are signed out.' }).waitFor();
  assert.equal(await accounts(), 401);

  // What is said of one customer is not said to the next.
  await page.locator('#username').fill('bob');
  await page.locator('#password').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('User name or password is wrong.').waitFor();
  assert.equal(await page.getByText('You are signed out.').count(), 0);
  await page.getByRole('button', { name: 'Alice Archer' }).click();
  await heading(page, 'Hello');
  await press(page, 'What just happened');
  assert.equal(await page.locator('.exchanges', { hasText: 'logout' }).count(), 0);
});
