/** Examples cut into pieces. */
import type { Examples } from '../src/index.ts';

type Arrays = Record<string, Float32Array | Int32Array>;

/** Rows `from` to `to` - 1, as a piece of its own. */
export function part(examples: Examples, from: number, to: number): Examples {
  const lists = (offsets: Int32Array, ...arrays: (Float32Array | Int32Array)[]): typeof arrays => [
    offsets.slice(from, to + 1).map((start) => start - offsets[from]),
    ...arrays.map((array) => array.slice(offsets[from], offsets[to])),
  ];
  const all = examples as unknown as Arrays;
  const made: Arrays = {};
  for (const name of ['inputs', 'targets', 'sampleWeights', 'labels']) {
    const width = (all[name]?.length ?? 0) / examples.rows;
    if (all[name]) made[name] = all[name].slice(from * width, to * width);
  }
  if (all['offsets']) {
    [made['offsets'], made['ids'], made['values']] = lists(
      all['offsets'] as Int32Array,
      all['ids'],
      all['values'],
    );
  }
  if (all['labelOffsets']) {
    [made['labelOffsets'], made['labels']] = lists(all['labelOffsets'] as Int32Array, all['labels']);
  }
  return { rows: to - from, columns: examples.columns, ...made } as unknown as Examples;
}

/** Pieces of uneven sizes, more and less than a batch. */
export function* cut(examples: Examples, sizes: readonly number[] = [7, 13, 1, 3]): Generator<Examples> {
  for (let from = 0, i = 0; from < examples.rows; i++) {
    const to = Math.min(examples.rows, from + sizes[i % sizes.length]);
    yield part(examples, from, to);
    from = to;
  }
}

/** The same, each after a turn of others. */
export async function* cutLater(examples: Examples): AsyncGenerator<Examples> {
  for (const piece of cut(examples)) {
    await new Promise((resolve) => setImmediate(resolve));
    yield piece;
  }
}
