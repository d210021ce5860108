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

function stepUp(row) {
  const found = readStepUp(joined(row), row.dialects);
  return (
    found && {
      scheme: found.scheme,
      acr_values: found.acrValues,
      max_age: found.maxAge,
      scope: found.scope,
    }
  );
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
  let read = 0;
  for (const row of table) {
    const headers = new Headers();
    try {
      row.headers.forEach((line) => headers.append('www-authenticate', line));
    } catch {
      // Not every row can be in a header.
      continue;
    }
    const found = readStepUp(headers.get('www-authenticate'), row.dialects);
    assert.equal(found?.maxAge ?? null, row.step_up?.max_age ?? null, row.name);
    read += 1;
  }
  assert.ok(read > 100, `${read} rows`);
});

test('a hundred thousand quotes and commas are read in no time', () => {
  const began = performance.now();
  for (const text of ['"', '\\', ',', '=', 'a=', 'a="\\"', ' \t', 'a ', 'Bearer a="']) {
    const header = text.repeat(100_000);
    for (const prefix of ['', 'Bearer ', 'Bearer a="']) {
      readStepUp(prefix + header, ['okta', 'entra']);
    }
  }
  assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`);
});
