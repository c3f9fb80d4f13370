/** Long work holds its thread; between pieces of it timers, signals and the screen have their turn. */
import type { Piecewise } from '../layers/piecewise.ts';
import { checkSignal, type Abortable } from './abort.ts';

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

/**
 * Does the work and gives turns when they are due.
 * @param goOn called before each piece: it throws if the work cannot go on, as when its memory was given back.
 * @throws what `goOn` and the work throw, and the signal's reason once that is aborted. @throws {TypeError} for what is no signal.
 */
export async function inTurns<T>(
  work: Piecewise<T>,
  turns: Turns,
  goOn: () => void,
  signal: Abortable | undefined,
): Promise<T> {
  try {
    checkSignal(signal);
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
