/** Longer than any sentence for a person. */
const MOST_CHARACTERS = 500;
/** Longer than any word, and shorter than a token. */
const LONGEST_WORD = 40;

/** Controls, and marks that show a text in another order than it has. */
const NO_TEXT = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/**
 * A plain sentence of somebody else's, fit to be shown: no address, which the person might follow,
 * and nothing as long as a token.
 */
export function sentence(text: string): string | undefined {
  const trimmed = text.trim();
  const words = trimmed.split(/[^!-~]/);
  const isFit =
    trimmed !== '' &&
    [...trimmed].length <= MOST_CHARACTERS &&
    !NO_TEXT.test(trimmed) &&
    words.every((word) => word.length <= LONGEST_WORD && !isAddress(word));
  return isFit ? trimmed : undefined;
}

/** `https://evil.example`, and `evil.example/help`. */
function isAddress(word: string): boolean {
  const slash = word.indexOf('/');
  return word.includes('://') || (slash >= 0 && word.slice(0, slash).includes('.'));
}
