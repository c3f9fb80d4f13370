/** Long work holds its thread; between pieces of it timers, signals and the screen have their turn. */

/**
 * What long work uses of an AbortSignal. AbortSignal's own type comes with the DOM's, which programs for servers leave out.
 */
export interface Abortable {
  /** Throws the signal's reason once it is aborted. */
  throwIfAborted(): void;
}

/** What ends long work that gives turns. */
export interface AsyncOptions {
  /** The promise is rejected with the signal's reason once it is aborted. */
  readonly signal?: Abortable | undefined;
}

/** Work in pieces: it stops after each of them, where others may have their turn. */
export type Piecewise<T> = Generator<undefined, T, undefined>;

/** Milliseconds after which others have theirs. */
const TURN = 50;

export class Turns {
  #since = performance.now();

  /** Gives a turn if the last one was long ago. */
  async giveIfDue(): Promise<void> {
    if (performance.now() - this.#since > TURN) await this.give();
  }

  async give(): Promise<void> {
    await new Promise<void>((resolve) => {
      // Where there is setImmediate it does not wait as timers do.
      if (typeof globalThis.setImmediate === 'function') setImmediate(resolve);
      else setTimeout(resolve);
    });
    this.#since = performance.now();
  }
}

/** Does all of the work without a break. */
export function atOnce<T>(work: Piecewise<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Does the work and gives turns when they are due.
 * @param goOn called before each piece: it throws if the work cannot go on, as when its memory was given back.
 * @throws what `goOn` and the work throw, and the signal's reason once that is aborted.
 */
export async function inTurns<T>(
  work: Piecewise<T>,
  turns: Turns,
  goOn: () => void,
  signal: Abortable | undefined,
): Promise<T> {
  try {
    for (;;) {
      signal?.throwIfAborted();
      goOn();
      const { done, value } = work.next();
      if (done) return value;
      await turns.giveIfDue();
    }
  } finally {
    // It gives back what it took, also where it was not done.
    work.return(undefined as never);
  }
}
