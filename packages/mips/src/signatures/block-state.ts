/** Bands and blocks as tensors: how vectors were parted, so that a saved index answers as it did. */
import { BLOCK_SLOTS, type Tensor, type TensorDtype } from '@hashgrad/kernels';
import type { BlockSummary } from './block-memory.ts';

/** A band, as a file has it; vectors are in the order of bands, blocks and slots. */
export interface BandState {
  readonly floor: number;
  readonly low: number;
  readonly high: number;
  readonly blocks: readonly { readonly count: number; readonly summary: BlockSummary }[];
}

/** Columns of 'bands': how many blocks, the floor, and the lengths within which vectors are. */
const BAND = 4;
/** Columns of 'blocks': how many vectors, the greatest length, the alignment and the spread. */
const BLOCK = 4;

export function encodeBlocks(bands: readonly BandState[], stride: number): Record<string, Tensor> {
  const blocks = bands.flatMap((band) => band.blocks);
  const centres = new Float32Array(blocks.length * stride);
  for (const [b, { summary }] of blocks.entries()) centres.set(summary.centre, b * stride);
  return {
    bands: {
      dtype: 'F64',
      shape: [bands.length, BAND],
      data: Float64Array.from(
        bands.flatMap(({ blocks: { length }, floor, low, high }) => [length, floor, low, high]),
      ),
    },
    blocks: {
      dtype: 'F64',
      shape: [blocks.length, BLOCK],
      data: Float64Array.from(
        blocks.flatMap(({ count, summary: { longest, alignment, spread } }) => [
          count,
          longest,
          alignment,
          spread,
        ]),
      ),
    },
    centres: { dtype: 'F32', shape: [blocks.length, stride], data: centres },
  };
}

/**
 * The bands of vectors of these lengths.
 * @throws {Error} saying what was expected, if a tensor is missing or another's, or bands and blocks are not those of the vectors.
 */
export function decodeBlocks(
  state: Readonly<Record<string, Tensor>>,
  lengths: Float64Array,
  stride: number,
): BandState[] {
  const bandRows = rowsOf(state, 'bands', 'F64', BAND) as Float64Array;
  const blockRows = rowsOf(state, 'blocks', 'F64', BLOCK) as Float64Array;
  const centres = rowsOf(state, 'centres', 'F32', stride) as Float32Array;
  const blockCount = blockRows.length / BLOCK;
  if (centres.length !== blockCount * stride || !centres.every((x) => Math.abs(x) <= 1)) {
    throw new Error(
      `expected the centres of ${blockCount} blocks; got ${centres.length / stride}, or no directions.`,
    );
  }
  const bands: BandState[] = [];
  let [block, vector] = [0, 0];
  for (let at = 0; at < bandRows.length; at += BAND) {
    const [size, floor, low, high] = bandRows.subarray(at, at + BAND) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const ceiling = bands.at(-1)?.floor ?? Infinity;
    const good = Number.isInteger(size) && size >= 0 && block + size <= blockCount;
    const last = at + BAND === bandRows.length;
    if (!(good && floor >= 0 && floor < ceiling && (floor === 0) === last && low >= 0 && high >= low)) {
      throw new Error(
        `expected the blocks and the lengths of band ${at / BAND}; got ${[size, floor, low, high].join(', ')}.`,
      );
    }
    const blocks = Array.from({ length: size }, () => {
      const row = blockRows.subarray(block * BLOCK, (block + 1) * BLOCK);
      const [count, longest, alignment, spread] = row as unknown as [number, number, number, number];
      const centre = centres.subarray(block * stride, (block + 1) * stride);
      const whole =
        Number.isInteger(count) && count >= 1 && count <= BLOCK_SLOTS && vector + count <= lengths.length;
      const fits =
        whole &&
        lengths.subarray(vector, vector + count).every((length) => length <= longest && longest < Infinity);
      if (!(fits && alignment >= 0 && alignment <= 1 && spread >= 0 && spread <= 2)) {
        throw new Error(
          `expected the vectors, length, alignment and spread of block ${block}; got ${[...row].join(', ')}.`,
        );
      }
      block++;
      vector += count;
      return { count, summary: { longest, alignment, spread, centre } };
    });
    bands.push({ floor, low, high, blocks });
  }
  if (bands.length === 0 || block < blockCount || vector < lengths.length) {
    throw new Error(
      `expected ${lengths.length} vectors and ${blockCount} blocks in bands; got ${vector} and ${block}.`,
    );
  }
  return bands;
}

function rowsOf(
  state: Readonly<Record<string, Tensor>>,
  key: string,
  dtype: TensorDtype,
  columns: number,
): Tensor['data'] {
  const tensor = Object.hasOwn(state, key) ? state[key] : undefined;
  if (tensor?.dtype !== dtype || tensor.shape.length !== 2 || tensor.shape[1] !== columns) {
    throw new Error(
      `expected the tensor '${key}' of ${dtype} with ${columns} columns; got ${tensor?.dtype ?? 'none'}.`,
    );
  }
  return tensor.data;
}
