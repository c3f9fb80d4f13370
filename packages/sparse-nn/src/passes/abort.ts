/** Ending long work from outside. */
import { shown } from '../spec/options.ts';

/**
 * What long work uses of an AbortSignal. AbortSignal's own type comes with the DOM's, which programs for servers leave out.
 */
export interface Abortable {
  readonly aborted: boolean;
  /** Throws the signal's reason once it is aborted. */
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** What ends long work that gives turns. */
export interface AsyncOptions {
  /** An AbortSignal: the promise is rejected with its reason once it is aborted. */
  readonly signal?: Abortable | undefined;
}

/** @throws {TypeError} unless it is an AbortSignal, or undefined. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  const methods: readonly (keyof Abortable)[] = ['throwIfAborted', 'addEventListener', 'removeEventListener'];
  const given = (typeof signal === 'object' && signal !== null ? signal : {}) as Record<string, unknown>;
  if (typeof given['aborted'] === 'boolean' && methods.every((name) => typeof given[name] === 'function'))
    return;
  const hint = typeof given['abort'] === 'function' ? ": give the controller's `signal`" : '';
  throw new TypeError(`signal is an AbortSignal; got ${shown(signal)}${hint}.`);
}

/** What `work` gives, unless the signal is aborted before. @throws the signal's reason then, and what `work` throws. */
async function unlessAborted<T>(work: Promise<T>, signal: Abortable): Promise<T> {
  // By what the work did at once.
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      try {
        signal.throwIfAborted();
      } catch (reason) {
        reject(reason as Error);
      }
    };
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop!);
  }
}

/**
 * The elements of an iterable. Nobody waits for the next one any longer once the signal is aborted, however long it takes.
 * @throws the signal's reason then, and what the iterable throws.
 */
export async function* untilAborted<T>(
  elements: Iterable<T> | AsyncIterable<T>,
  signal: Abortable | undefined,
): AsyncGenerator<T, void, undefined> {
  if (!signal) {
    yield* elements;
    return;
  }
  const iterator = (async function* () {
    yield* elements;
  })();
  let waits = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      waits = true;
      const { done, value } = await unlessAborted(iterator.next(), signal);
      waits = false;
      signal.throwIfAborted();
      if (done) return;
      yield value as T;
    }
  } finally {
    // An iterable is told that no more is wanted of it; one that is still waited for hears it once the wait is over.
    const closing = iterator.return();
    if (waits) closing.catch(() => {});
    else await closing;
  }
}
