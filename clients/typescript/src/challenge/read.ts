// `WWW-Authenticate` by the grammar of RFC 9110 §11.

/** One challenge, whatever its scheme. */
export interface AuthChallenge {
  /** As it was written; compare it without regard to case. */
  readonly scheme: string;
  /** What some schemes carry in place of parameters. */
  readonly token68?: string;
  /** By their names in lower case, those that nobody knows too. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A header that cannot be read. It repeats nothing of what was sent. */
export class MalformedChallenge extends Error {
  override readonly name = 'MalformedChallenge';

  constructor(why: string) {
    super(`malformed challenge: ${why}`);
  }
}

export interface ReadOptions {
  /** Takes unquoted values with `:` and `/`, which are no tokens, as Okta sends them. */
  readonly unquotedAddresses?: boolean;
}

/** As much as servers send in a header. */
const LONGEST = 16 * 1024;

const GAPS = /[ \t,]*/y;
const BLANKS = /[ \t]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const COMMA_OR_END = /[ \t]*(?=,|$)/y;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[\-._~+/0-9A-Za-z]+=*(?=[ \t]*(?:,|$))/y;
/** A token, and `:` and `/` besides. */
const ADDRESS = /[!#$%&'*+\-.^_`|~0-9A-Za-z:/]+/y;
/** `\x` stands for `x`, whatever `x` is (§5.6.4). */
const QUOTED = /"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*)"/y;

/**
 * All challenges of a header, in order. `headers.get` joins lines with commas, which is what they
 * mean.
 *
 * @throws {MalformedChallenge} What the grammar does not allow; and a parameter that stands twice:
 * readers disagree on which of the two counts.
 */
export function readChallenges(header: string, options: ReadOptions = {}): AuthChallenge[] {
  if (header.length > LONGEST) {
    throw new MalformedChallenge('it is longer than 16 KiB');
  }
  const reader = new Reader(header, options.unquotedAddresses ? ADDRESS : TOKEN);
  const challenges: OpenChallenge[] = [];
  for (;;) {
    reader.take(GAPS);
    if (reader.isAtEnd()) {
      return challenges;
    }
    const word = reader.token();
    if (reader.take(EQUALS) === undefined) {
      challenges.push(reader.challenge(word));
    } else {
      const last = challenges.at(-1);
      if (last === undefined || last.token68 !== undefined) {
        throw new MalformedChallenge('a parameter stands before any scheme');
      }
      add(last, word, reader.value());
    }
    if (reader.take(COMMA_OR_END) === undefined) {
      throw new MalformedChallenge('a comma is expected');
    }
  }
}

interface OpenChallenge extends AuthChallenge {
  readonly parameters: Map<string, string>;
}

function add({ parameters }: OpenChallenge, name: string, value: string): void {
  const key = name.toLowerCase();
  if (parameters.has(key)) {
    throw new MalformedChallenge('a parameter stands twice');
  }
  parameters.set(key, value);
}

class Reader {
  #at = 0;
  readonly #text: string;
  readonly #unquoted: RegExp;

  constructor(text: string, unquoted: RegExp) {
    this.#text = text;
    this.#unquoted = unquoted;
  }

  isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** What stands here, if it is of this form. */
  take(form: RegExp): string | undefined {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text);
    if (found === null) {
      return undefined;
    }
    this.#at = form.lastIndex;
    return found[1] ?? found[0];
  }

  token(): string {
    const token = this.take(TOKEN);
    if (token === undefined) {
      throw new MalformedChallenge('a scheme or a name is expected');
    }
    return token;
  }

  value(): string {
    const quoted = this.take(QUOTED);
    if (quoted !== undefined) {
      return quoted.replace(/\\(.)/gs, '$1');
    }
    const value = this.take(this.#unquoted);
    if (value === undefined) {
      throw new MalformedChallenge('a parameter has no value');
    }
    return value;
  }

  /** What may follow a scheme: nothing, a `token68`, or its first parameter. */
  challenge(scheme: string): OpenChallenge {
    const parameters = new Map<string, string>();
    if (this.take(BLANKS) === undefined || this.take(COMMA_OR_END) !== undefined) {
      return { scheme, parameters };
    }
    const token68 = this.take(TOKEN68);
    if (token68 !== undefined) {
      return { scheme, token68, parameters };
    }
    const challenge = { scheme, parameters };
    const name = this.token();
    if (this.take(EQUALS) === undefined) {
      throw new MalformedChallenge('a comma or a parameter is expected');
    }
    add(challenge, name, this.value());
    return challenge;
  }
}
