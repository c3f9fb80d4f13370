/** Examples that come piece by piece, for those that do not fit memory. */
import type { Examples } from './examples.ts';

/** Pieces, one after the other; each is Examples, of as many rows as it likes. */
export type ExamplePieces = Iterable<Examples> | AsyncIterable<Examples>;

/**
 * Examples in pieces: a function, such as a generator function, that gives them anew for each epoch; or an iterable that begins
 * anew each time it is iterated, as an array does. A generator that runs already, or another iterator, does for one epoch.
 */
export type ExampleStream =
  | ExamplePieces
  /** @param epoch of the run, from 1: pieces may come in another order in each, but in the same whenever the epoch is repeated. */
  | ((epoch: number) => ExamplePieces);

/** Lists of numbers are no streams: what is wrong with them is said where examples are looked at. */
export function isStream(given: Examples | ExampleStream): given is ExampleStream {
  if (Array.isArray(given)) return typeof given[0] === 'object' && given[0] !== null && 'rows' in given[0];
  return typeof given === 'function' || (isIterable(given) && !ArrayBuffer.isView(given));
}

/** Whether it is used up once it was iterated: an iterator gives itself. */
export function isUsedUp(stream: ExampleStream): boolean {
  return 'next' in stream && typeof stream.next === 'function';
}

/** The pieces of an epoch, from the first one on. @throws {TypeError} if the function gives something else. */
export function piecesOf(stream: ExampleStream, epoch: number): ExamplePieces {
  if (typeof stream !== 'function') return stream;
  const pieces: unknown = stream(epoch);
  if (isIterable(pieces)) return pieces as ExamplePieces;
  const got = typeof pieces === 'object' && pieces !== null ? pieces.constructor?.name : String(pieces);
  throw new TypeError(
    `The function that gives the examples of an epoch gives an iterable of pieces; got ${got ?? 'an object'}.`,
  );
}

function isIterable(given: unknown): boolean {
  return (
    typeof given === 'object' && given !== null && (Symbol.asyncIterator in given || Symbol.iterator in given)
  );
}
