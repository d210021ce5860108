// What an answer says.

import { MalformedChallenge, readChallenges } from '../challenge/read.js';

const MOST_BYTES = 16 * 1024;
const MOST_MILLISECONDS = 2000;
const MOST_CHARACTERS = 300;

/** Whether the token itself is refused (RFC 6750 §3.1). */
export function refusesToken(response: Response): boolean {
  if (response.status !== 401) {
    return false;
  }
  try {
    const challenges = readChallenges(response.headers.get('www-authenticate') ?? '');
    return challenges.some(({ parameters }) => parameters.get('error') === 'invalid_token');
  } catch (error) {
    if (error instanceof MalformedChallenge) {
      return false;
    }
    throw error;
  }
}

/** What the problem document of a challenge says to the person (RFC 9457), and the end of it. */
export async function takeReason(response: Response): Promise<string | undefined> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  const reader = isProblem ? response.body?.getReader() : undefined;
  if (reader === undefined) {
    discard(response);
    return undefined;
  }
  const end = () => void reader.cancel().catch(() => {});
  const timer = setTimeout(end, MOST_MILLISECONDS);
  try {
    const problem: unknown = JSON.parse(await text(reader));
    const { detail } = problem as { detail?: unknown };
    const isFit = typeof detail === 'string' && detail !== '';
    return isFit ? detail.slice(0, MOST_CHARACTERS) : undefined;
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

/** As much as a problem document may have. */
async function text(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = 0; bytes <= MOST_BYTES; ) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  return text;
}
