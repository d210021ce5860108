// The table that the Rust client reads too.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MalformedChallenge, readChallenges, readStepUp } from 'stepup-client';

const table = JSON.parse(readFileSync(new URL('../../challenges.json', import.meta.url), 'utf8'));

/** As `headers.get` gives it. */
const joined = ({ headers }) => headers.join(', ');

function challenges(row) {
  const unquotedAddresses = row.dialects?.includes('okta') ?? false;
  try {
    return readChallenges(joined(row), { unquotedAddresses }).map((challenge) => {
      const { scheme, token68, parameters } = challenge;
      const rest = { parameters: Object.fromEntries(parameters) };
      return token68 === undefined ? { scheme, ...rest } : { scheme, token68, ...rest };
    });
  } catch (error) {
    assert.ok(error instanceof MalformedChallenge, error);
    return 'malformed';
  }
}

/** What `readStepUp` reads, and `malformed` for what it refuses. */
function read(header, dialects) {
  try {
    return readStepUp(header, dialects);
  } catch (error) {
    assert.ok(error instanceof MalformedChallenge, error);
    return 'malformed';
  }
}

/** In the table's form, which leaves out methods and claims where there are none. */
function stepUp(row) {
  const found = read(joined(row), row.dialects);
  if (found === null || found === 'malformed') {
    return found;
  }
  const { scheme, acrValues, maxAge, scope, amrValues, claims } = found;
  return {
    scheme,
    acr_values: acrValues,
    max_age: maxAge,
    scope,
    ...(amrValues.length > 0 && { amr_values: amrValues }),
    ...(claims !== null && { claims }),
  };
}

test('the table has the standard and its awkward cases', () => {
  assert.ok(table.length >= 80, `${table.length} rows`);
});

for (const row of table) {
  test(`r_9110 ${row.name}`, () => {
    assert.deepEqual(challenges(row), row.challenges);
    assert.deepEqual(stepUp(row), row.step_up);
  });
}

test('lines that a browser has joined are read as they stood', () => {
  let compared = 0;
  for (const row of table) {
    const headers = new Headers();
    try {
      row.headers.forEach((line) => headers.append('www-authenticate', line));
    } catch {
      // Not every row can be in a header.
      continue;
    }
    const found = read(headers.get('www-authenticate'), row.dialects);
    assert.equal(found?.maxAge ?? null, row.step_up?.max_age ?? null, row.name);
    assert.equal(found === 'malformed', row.step_up === 'malformed', row.name);
    compared += 1;
  }
  assert.ok(compared > 100, `${compared} rows`);
});

test('a hundred thousand quotes and commas are read in no time', () => {
  const began = performance.now();
  for (const text of ['"', '\\', ',', '=', 'a=', 'a="\\"', ' \t', 'a ', 'Bearer a="']) {
    const header = text.repeat(100_000);
    for (const prefix of ['', 'Bearer ', 'Bearer a="']) {
      read(prefix + header, ['okta', 'entra']);
    }
  }
  assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`);
});
