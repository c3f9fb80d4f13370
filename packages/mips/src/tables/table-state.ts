/** Blocks of hash tables as tensors: how vectors were cut and numbered, and the bounds that they are hashed by. */
import type { Tensor, TensorDtype } from '@hashgrad/kernels';
import type { BlockState } from './table-block.ts';

/** All blocks, and how many vectors there were when they were cut. */
export interface TableState {
  readonly blocks: readonly BlockState[];
  readonly cut: number;
}

/** Columns of 'blocks': how many numbers, the greatest length, the bound, and 1 where there are tables. */
const COLUMNS = 4;

export function encodeState({ blocks, cut }: TableState, dimensions: number): Record<string, Tensor> {
  const rows = blocks.flatMap(({ places, longest, bound, hashed }) => [
    places.length,
    longest,
    bound,
    hashed ? 1 : 0,
  ]);
  const places = new Int32Array(blocks.reduce((sum, block) => sum + block.places.length, 0));
  const centred = blocks.filter(({ centre }) => centre !== undefined);
  const centres = new Float32Array(centred.length * dimensions);
  let at = 0;
  for (const block of blocks) {
    places.set(block.places, at);
    at += block.places.length;
  }
  for (const [b, { centre }] of centred.entries()) centres.set(centre as Float32Array, b * dimensions);
  return {
    blocks: { dtype: 'F64', shape: [blocks.length, COLUMNS], data: Float64Array.from(rows) },
    places: { dtype: 'I32', shape: [places.length], data: places },
    centres: { dtype: 'F32', shape: [centred.length, dimensions], data: centres },
    cut: { dtype: 'F64', shape: [1], data: Float64Array.of(cut) },
  };
}

/**
 * The state of `count` vectors.
 * @throws {Error} saying what was expected, if a tensor is missing or another's, or the places are not each there once.
 */
export function decodeState(
  state: Readonly<Record<string, Tensor>>,
  count: number,
  dimensions: number,
  centred: boolean,
): TableState {
  const rows = dataOf(state, 'blocks', 'F64') as Float64Array;
  const places = dataOf(state, 'places', 'I32') as Int32Array;
  const centres = dataOf(state, 'centres', 'F32') as Float32Array;
  const [cut] = dataOf(state, 'cut', 'F64') as Float64Array;
  const blocks = rows.length / COLUMNS;
  if (!(Number.isSafeInteger(cut) && (cut as number) >= 0))
    throw new Error(`expected 'cut' to be a number of vectors; got ${cut}.`);
  if (!Number.isInteger(blocks))
    throw new Error(`expected ${COLUMNS} numbers for each block; got ${rows.length}.`);
  const wanted = centred ? blocks * dimensions : 0;
  if (centres.length !== wanted || !centres.every(Number.isFinite)) {
    throw new Error(`expected ${wanted} finite coordinates of centres; got ${centres.length}.`);
  }
  const seen = new Uint8Array(count);
  let left = count;
  for (const place of places) {
    if (place === -1) continue;
    if (!(place >= 0 && place < count) || seen[place] === 1) {
      throw new Error(`expected each of ${count} vectors in one block; vector ${place} is none, or in two.`);
    }
    seen[place] = 1;
    left--;
  }
  if (left > 0 || (count > 0 && blocks === 0))
    throw new Error(`expected ${count} vectors in blocks; ${left} are in none.`);
  let at = 0;
  const made = Array.from({ length: blocks }, (_, b): BlockState => {
    const [size, longest, bound, hashed] = rows.subarray(b * COLUMNS, (b + 1) * COLUMNS) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const good = Number.isInteger(size) && size >= 0 && at + size <= places.length;
    if (
      !(
        good &&
        longest >= 0 &&
        bound >= 0 &&
        Number.isFinite(longest + bound) &&
        (hashed === 0 || hashed === 1)
      )
    ) {
      throw new Error(
        `expected the numbers, length, bound and kind of block ${b}; got ${[size, longest, bound, hashed].join(', ')}.`,
      );
    }
    const centre = centred ? centres.slice(b * dimensions, (b + 1) * dimensions) : undefined;
    const block = { places: places.slice(at, at + size), longest, bound, centre, hashed: hashed === 1 };
    at += size;
    return block;
  });
  if (at !== places.length) throw new Error(`expected ${at} numbers in all blocks; got ${places.length}.`);
  return { blocks: made, cut: cut as number };
}

function dataOf(state: Readonly<Record<string, Tensor>>, key: string, dtype: TensorDtype): Tensor['data'] {
  const tensor = Object.hasOwn(state, key) ? state[key] : undefined;
  if (tensor?.dtype !== dtype)
    throw new Error(`expected the tensor '${key}' of ${dtype}; got ${tensor?.dtype ?? 'none'}.`);
  return tensor.data;
}
