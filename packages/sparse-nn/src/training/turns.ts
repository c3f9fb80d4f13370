/** Training holds its thread; between steps it lets timers, signals and the screen have their turn. */

/** Milliseconds after which it does. */
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
