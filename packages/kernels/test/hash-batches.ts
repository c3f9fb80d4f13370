/** Batches for the tests of hash kernels: made up, and laid out in an arena. */
import { HashBatch } from '../src/index.ts';
import { floats, lists, matrix, sparse } from './data.ts';
import type { Lists, Random } from './data.ts';
import type { Placer } from './layers.ts';

export interface BatchShape {
  readonly width: number;
  readonly tailWidth: number;
  readonly count: number;
  /** Whether the vectors are sparse. */
  readonly sparse: boolean;
  /** Whether they are some rows of more, which a list names. */
  readonly listed: boolean;
}

export interface MadeBatch {
  readonly shape: BatchShape;
  /** Rows in the arrays: as many as vectors, or more. */
  readonly rows: Int32Array;
  readonly total: number;
  readonly stride: number;
  readonly values: Float32Array;
  readonly lists: Lists | undefined;
  readonly tail: Float32Array;
}

/** A batch whose values are mapped by `map`. */
export function makeBatch(
  random: Random,
  shape: BatchShape,
  map: (value: number) => number = (value) => value,
): MadeBatch {
  const { width, tailWidth, count, listed } = shape;
  const total = listed ? count + random.integer(5) : count;
  const order = Int32Array.from({ length: total }, (_, row) => row);
  for (let i = 0; i < total; i++) {
    const j = listed ? i + random.integer(total - i) : i;
    [order[i], order[j]] = [order[j], order[i]];
  }
  const stride = width + random.integer(3);
  const made = shape.sparse ? sparse(random, count, width) : undefined;
  const values = made?.values ?? matrix(random, total, width, stride);
  return {
    shape,
    rows: order.slice(0, count),
    total,
    stride,
    values: values.map(map),
    lists: made,
    tail: floats(random, total * tailWidth).map(map),
  };
}

/** Vector s in full, tail and all. */
export function vectorOf(
  { shape, rows, stride, values, lists: made, tail }: MadeBatch,
  s: number,
): Float32Array {
  const { width, tailWidth } = shape;
  const vector = new Float32Array(width + tailWidth);
  if (made) {
    for (let i = made.offsets[s]; i < made.offsets[s + 1]; i++) vector[made.ids[i]] = values[i];
  } else vector.set(values.subarray(rows[s] * stride, rows[s] * stride + width));
  vector.set(tail.subarray(rows[s] * tailWidth, (rows[s] + 1) * tailWidth), width);
  return vector;
}

/** The non-zeros of vector s and of its tail, as the sparse kernels take them. */
export function entriesOf(batch: MadeBatch, s: number): { ids: number[]; values: number[] } {
  const { shape, rows, values, lists: made, tail } = batch;
  const { width, tailWidth } = shape;
  const tailIds = Array.from({ length: tailWidth }, (_, k) => width + k);
  const tailValues = tail.subarray(rows[s] * tailWidth, (rows[s] + 1) * tailWidth);
  const [from, to] = [made?.offsets[s], made?.offsets[s + 1]];
  return {
    ids: [...(made?.ids.subarray(from, to) ?? []), ...tailIds],
    values: [...values.subarray(from, to), ...tailValues],
  };
}

/** The batch in an arena, its codes all 7, and the address of its record. */
export function placeBatch(
  placer: Placer,
  batch: MadeBatch,
  tables: number,
): { at: number; codes: Uint32Array } {
  const { shape, rows, total, stride, values, lists: made, tail } = batch;
  const words = placer.int32(new Int32Array(tables * total).fill(7));
  const codes = new Uint32Array(words.buffer, words.byteOffset, words.length);
  const record = placer.int32(new Int32Array(HashBatch.WORDS));
  new HashBatch(placer.arena, record).lay({
    codes,
    codeStride: total,
    rows: shape.listed ? placer.int32(rows) : undefined,
    values: placer.float32(values),
    stride: made ? 0 : stride,
    width: shape.width,
    offsets: made && placer.int32(made.offsets),
    ids: made && placer.int32(made.ids),
    tail: shape.tailWidth > 0 ? placer.float32(tail) : undefined,
    tailWidth: shape.tailWidth,
  });
  return { at: placer.at(record), codes };
}

/** The codes where vector s has codesOf(s), and those of rows that are not in the batch are 7. */
export function expectedCodes(
  { rows, total }: MadeBatch,
  tables: number,
  codesOf: (s: number) => Uint32Array,
): Uint32Array {
  const codes = new Uint32Array(tables * total).fill(7);
  for (const [s, row] of rows.entries()) {
    for (const [t, code] of codesOf(s).entries()) codes[t * total + row] = code;
  }
  return codes;
}

/** Turns lists of coordinates round: label(i) is listed under coordinate members[i]. */
export function invert(
  members: Uint32Array,
  coordinates: number,
  label: (i: number) => number,
): { starts: Int32Array; entries: Uint32Array } {
  const under: number[][] = Array.from({ length: coordinates }, () => []);
  for (const [i, k] of members.entries()) under[k].push(label(i));
  const starts = new Int32Array(coordinates + 1);
  for (const [k, { length }] of under.entries()) starts[k + 1] = starts[k] + length;
  return { starts, entries: Uint32Array.from(under.flat()) };
}

/** Hyperplanes of entries 1 and -1 at some ascending coordinates: lists 2 h and 2 h + 1 are those of hyperplane h. */
export function randomPlanes(
  random: Random,
  planes: number,
  coordinates: number,
): { starts: Int32Array; members: Uint32Array } {
  const made = lists(random, 2 * planes, coordinates, coordinates, true);
  return { starts: made.offsets, members: Uint32Array.from(made.ids) };
}

/** `count` bins of `size` distinct coordinates, in random order. */
export function randomBins(random: Random, count: number, size: number, coordinates: number): Uint32Array {
  const bins = Array.from({ length: count }, () => {
    const order = Array.from({ length: coordinates }, (_, k) => k);
    for (let i = 0; i < size; i++) {
      const j = i + random.integer(coordinates - i);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order.slice(0, size);
  });
  return Uint32Array.from(bins.flat());
}
