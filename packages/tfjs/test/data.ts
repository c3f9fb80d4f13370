/** Small data for the tests. */

/** `count` numbers from -1 to 1, the same for the same seed. */
export function numbers(count: number, seed: number): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Rows about a centre for each class, and their classes in turn. */
export function clouds(
  rows: number,
  columns: number,
  classes: number,
): { readonly inputs: Float32Array; readonly labels: number[] } {
  const centres = numbers(classes * columns, 5);
  const noise = numbers(rows * columns, 6);
  const labels = Array.from({ length: rows }, (_, row) => row % classes);
  const inputs = noise.map((value, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return 0.3 * value + centres[labels[row]! * columns + column]!;
  });
  return { inputs, labels };
}

/** The largest difference of two lists of equal length. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers beside ${b.length}.`);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}
