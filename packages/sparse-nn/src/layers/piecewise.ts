/** Long work in pieces: whoever does it may give others their turn between two of them. */

/** Work that stops after each of its pieces. */
export type Piecewise<T> = Generator<undefined, T, undefined>;

/** Elements that a piece takes, about: some milliseconds. */
const PIECE = 2 ** 16;

/** Does `each` for 0 to `count` - 1, of `size` elements each, and stops where a piece is done. */
export function* inPieces(count: number, size: number, each: (i: number) => void): Piecewise<void> {
  const several = Math.max(1, Math.floor(PIECE / size));
  for (let i = 0; i < count; i++) {
    each(i);
    if (i % several === several - 1) yield;
  }
}

/** Does all of the work without a break. */
export function atOnce<T>(work: Piecewise<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
