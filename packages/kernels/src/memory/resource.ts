/** What owns memory or threads is closed once and refuses every later use. */
// oxlint-disable-next-line import/no-unassigned-import -- it gives the engine what it lacks
import './dispose.ts';

/**
 * The base of all classes that own memory of an arena, or threads. A subclass gives back what it owns in `release`, and
 * calls `checkOpen` first in each of its methods and getters: memory that was given back may be somebody else's.
 */
export abstract class Resource implements Disposable {
  readonly #name: string;
  #closed = false;

  /** @param name What messages call it, such as 'This arena'. */
  protected constructor(name: string) {
    this.#name = name;
  }

  /** Gives back all that it owns. Every later use throws an error; a second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.release();
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The same as `close`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Gives back what the subclass owns. It is called once. */
  protected abstract release(): void;

  /** @throws {Error} once it was closed. */
  protected checkOpen(): void {
    if (this.#closed) throw new Error(`${this.#name} is closed.`);
  }
}
