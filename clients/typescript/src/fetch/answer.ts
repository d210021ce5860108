// What an answer says.

import { text } from '../body.js';
import { readChallenges } from '../challenge/read.js';
import type { Dialect } from '../challenge/step-up.js';
import { sentence } from './sentence.js';

const MOST_BYTES = 16 * 1024;
const MOST_MILLISECONDS = 2000;

/** Whether the token itself is refused (RFC 6750 §3.1). */
export function refusesToken(response: Response, dialects: readonly Dialect[] = []): boolean {
  if (response.status !== 401) {
    return false;
  }
  const header = response.headers.get('www-authenticate') ?? '';
  const challenges = readChallenges(header, { unquotedAddresses: dialects.includes('okta') });
  return challenges.some(({ parameters }) => parameters.get('error') === 'invalid_token');
}

/** What the problem document of a challenge says to the person (RFC 9457), and the end of it. */
export async function takeReason(response: Response): Promise<string | undefined> {
  const [type = ''] = response.headers.get('content-type')?.split(';') ?? [];
  const isProblem = type.trim().toLowerCase() === 'application/problem+json';
  const reader = isProblem ? response.body?.getReader() : undefined;
  if (reader === undefined) {
    discard(response);
    return undefined;
  }
  const end = () => void reader.cancel().catch(() => {});
  const timer = setTimeout(end, MOST_MILLISECONDS);
  try {
    const problem: unknown = JSON.parse(await text(reader, MOST_BYTES));
    const { detail } = problem as { detail?: unknown };
    return typeof detail === 'string' ? sentence(detail) : undefined;
  } catch {
    // It is a courtesy: without it the person is asked all the same.
    return undefined;
  } finally {
    clearTimeout(timer);
    end();
  }
}

/** Nobody reads it. */
export function discard(response: Response): void {
  response.body?.cancel().catch(() => {});
}
