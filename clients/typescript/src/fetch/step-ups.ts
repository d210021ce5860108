// One step-up for all that wait for the same, and one at a time: a person answers one question.

import { type Turns, unlessAborted } from '../abort.js';
import { type StepUpChallenge, keyOf } from '../challenge/step-up.js';
import { StepUpError } from '../errors.js';
import type { Asked, Stepper } from '../stepper.js';
import type { StepUpEvent } from './events.js';
import type { Kept, Tokens } from './tokens.js';

const MINUTE = 60_000;
const MOST_REMEMBERED = 100;

/** A call that waits for a step-up. */
export interface Caller extends Omit<Asked, 'reason' | 'session'> {
  readonly reason: string | undefined;
  readonly session: string | undefined;
  /** When it was sent, by `StepUps.now()`. */
  readonly sentAt: number;
}

export interface StepUpSettings {
  readonly stepper: Stepper;
  readonly perMinute: number;
  readonly milliseconds: number;
  readonly tell: (event: StepUpEvent) => void;
}

interface Flight {
  readonly kept: Promise<Kept>;
  readonly abort: AbortController;
  callers: number;
}

/** The step-ups for one API. */
export class StepUps {
  readonly #flights = new Map<string, Flight>();
  /** How each ended that came to nothing, and when. */
  readonly #failed = new Map<string, { error: unknown; at: number }>();
  #begun: number[] = [];
  /** Counts what happens: no clock, which may stand still or go back. */
  #now = 0;

  constructor(
    private readonly settings: StepUpSettings,
    private readonly tokens: Tokens,
    /** Shared by all APIs: the person is one. */
    private readonly turns: Turns,
  ) {}

  now(): number {
    return ++this.#now;
  }

  /** The token of a step-up: of one that is on its way, or of one that begins with this. */
  async join(caller: Caller): Promise<Kept> {
    caller.signal.throwIfAborted();
    const key = keyOf(caller.challenge);
    const failed = this.#failed.get(key);
    if (failed !== undefined && caller.sentAt < failed.at) {
      // It was on its way when the person said no: they are not asked again for it.
      throw failed.error;
    }
    const flight = this.#flights.get(key) ?? this.#start(key, caller);
    flight.callers += 1;
    try {
      return await unlessAborted(flight.kept, caller.signal);
    } finally {
      flight.callers -= 1;
      if (flight.callers === 0 && this.#flights.get(key) === flight) {
        this.#flights.delete(key);
        flight.abort.abort(new StepUpError('cancelled', { challenge: caller.challenge }));
      }
    }
  }

  /** What was asked for came to nothing, for all who had asked by now. */
  fail(challenge: StepUpChallenge, error: unknown): void {
    const key = keyOf(challenge);
    this.#failed.delete(key);
    this.#failed.set(key, { error, at: this.now() });
    if (this.#failed.size > MOST_REMEMBERED) {
      const [oldest] = this.#failed.keys();
      this.#failed.delete(oldest!);
    }
  }

  /** Ends all that are on their way. */
  end(reason: StepUpError): void {
    const flights = [...this.#flights.values()];
    this.#flights.clear();
    flights.forEach(({ abort }) => abort.abort(reason));
  }

  #start(key: string, caller: Caller): Flight {
    const abort = new AbortController();
    const kept = this.turns.take(() => this.#run(caller, abort)).finally(() => {
      if (this.#flights.get(key) === flight) {
        this.#flights.delete(key);
      }
    });
    const flight: Flight = { kept, abort, callers: 0 };
    this.#flights.set(key, flight);
    return flight;
  }

  async #run(caller: Caller, abort: AbortController): Promise<Kept> {
    const { challenge, origin, reason, session, token } = caller;
    const { signal } = abort;
    const { stepper, milliseconds, tell } = this.settings;
    signal.throwIfAborted();
    // Whoever was asked before may have shown enough for this one too.
    const enough = this.tokens.sufficient(challenge);
    if (enough !== undefined) {
      return enough;
    }
    this.#count(challenge);
    tell({ type: 'step-up-begun', challenge });
    const timedOut = new StepUpError('timed-out', { challenge });
    const timer = setTimeout(() => abort.abort(timedOut), milliseconds);
    try {
      const known = { ...(reason !== undefined && { reason }), ...(session !== undefined && { session }) };
      const asked = { challenge, origin, token, signal, ...known };
      const stepped = await unlessAborted(stepper(asked), signal);
      // The person may have logged out while the answer was on its way.
      signal.throwIfAborted();
      const kept = this.tokens.keep(challenge, stepped);
      tell({ type: 'step-up-done', challenge });
      return kept;
    } catch (cause) {
      const error = asStepUpError(cause, challenge);
      if (!signal.aborted || error === timedOut) {
        this.fail(challenge, error);
      }
      tell({ type: 'step-up-failed', challenge, error });
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #count(challenge: StepUpChallenge): void {
    const now = Date.now();
    this.#begun = this.#begun.filter((at) => now - at < MINUTE);
    const [oldest] = this.#begun;
    if (oldest !== undefined && this.#begun.length >= this.settings.perMinute) {
      const retryAfter = Math.ceil((oldest + MINUTE - now) / 1000);
      throw new StepUpError('too-many', { challenge, retryAfter });
    }
    this.#begun.push(now);
  }
}

function asStepUpError(error: unknown, challenge: StepUpChallenge): StepUpError {
  if (!(error instanceof StepUpError)) {
    return new StepUpError('failed', { challenge, cause: error });
  }
  if (error.challenge !== undefined) {
    return error;
  }
  const { code, enrol, retryAfter, cause } = error;
  return new StepUpError(code, { challenge, enrol, retryAfter, cause });
}
