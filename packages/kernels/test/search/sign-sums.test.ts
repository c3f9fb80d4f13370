import { describe, test } from 'vitest';
import { bestBytes } from '../../src/index.ts';
import { fillBlock, type PlainBlock, type PlainBlocks, quantizeRows } from '../../src/reference/index.ts';
import { placeBlocks } from '../block-cases.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { expect } from '../check.ts';
import { type Random, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';
import { placeQueries } from '../scans.ts';

/** A random direction. */
function direction(random: Random, length: number): Float64Array {
  const made = Float64Array.from({ length }, () => random.normal());
  const norm = Math.hypot(...made);
  return made.map((x) => x / norm);
}

/** The probability that a normal deviate is below z: the logistic approximation, off by 0.0002 at most. */
function below(z: number): number {
  return 1 / (1 + Math.exp(-(1.5976 * z + 0.07056 * z ** 3)));
}

const BLOCKS = 20;
const DIMENSIONS = 64;

/**
 * Vectors of length 1 in random directions with the same cosine to the query. In `padded` random coordinates, of which the first
 * `bits` are kept, their signatures are those of vectors and a query under a random rotation.
 */
function makeAlike(random: Random, bits: number, padded: number, cosine: number) {
  const query = direction(random, padded);
  const blocks: PlainBlock[] = [];
  const plain: PlainBlocks = {
    blocks,
    bands: [[...Array(BLOCKS).keys()]],
    stride: DIMENSIONS,
    words: bits / 64,
    rows: false,
  };
  for (let b = 0; b < BLOCKS; b++) {
    const projections = new Float32Array(256 * bits);
    for (let s = 0; s < 256; s++) {
      const other = direction(random, padded);
      const along = other.reduce((sum, x, j) => sum + x * query[j], 0);
      const across = Math.sqrt(1 - along * along);
      const rest = Math.sqrt(1 - cosine * cosine) / across;
      projections.set(
        other.subarray(0, bits).map((x, j) => cosine * query[j] + rest * (x - along * query[j])),
        s * bits,
      );
    }
    // Only lengths matter of what is scored.
    const rows = new Float32Array(256 * DIMENSIONS);
    for (let s = 0; s < 256; s++) rows[s * DIMENSIONS] = 1;
    const { codes, scales } = quantizeRows(rows, 256, DIMENSIONS, 0);
    const centre = new Float32Array(DIMENSIONS);
    const none = { centre, centreCodes: new Int8Array(DIMENSIONS), centreScale: 0, alignment: 0, spread: 1 };
    blocks.push({ vectors: [], longest: 1, ...none });
    const ids = Uint32Array.from({ length: 256 }, (_, s) => 256 * b + s);
    const staged = { rows, projections, codes, scales, ids, lengths: new Float32Array(256).fill(1) };
    fillBlock(plain, b, 0, staged, 0, 256);
  }
  return { plain, projection: Float32Array.from(query.subarray(0, bits)) };
}

describe.each([
  { bits: 64, padded: 64, cosine: 0 },
  { bits: 128, padded: 128, cosine: 0.3 },
  { bits: 64, padded: 256, cosine: 0.3 },
  { bits: 192, padded: 256, cosine: 0.2 },
  { bits: 256, padded: 256, cosine: 0.4 },
])('$bits bits of $padded coordinates, around a cosine of $cosine', ({ bits, padded, cosine }) => {
  const { plain, projection } = makeAlike(randomOf(bits + padded), bits, padded, cosine);

  test.each(BUILDS.slice(0, 2))('tell cosines with the deviation that is stated, $name', (build) => {
    const arena = arenaOf(build);
    const { kernels } = arena;
    // Around a cosine other than 0 it is smaller: what vectors have beside the query is shorter.
    const deviation = Math.sqrt((Math.PI / 2 - Math.min(1, bits / padded)) / bits);
    const actual = deviation * Math.sqrt(1 - cosine * cosine);
    using memory = new Memory(arena);
    const { at } = placeBlocks(memory, plain);
    const row = new Float32Array(DIMENSIONS);
    row[0] = 1;
    const { queries, planes, terms } = placeQueries(memory, row, DIMENSIONS, 1);
    const k = 256 * BLOCKS;
    const best = memory.scratch(bestBytes(k));
    const scored = memory.int32(1);
    const asked = [queries, planes, terms, memory.at(memory.float32(projection))] as const;
    const scratch = memory.scratch(kernels.searchBlocksScratchBytes(DIMENSIONS, bits / 64, k, BLOCKS));
    // A vector is scored if the cosine that is told, and `slack` deviations, reach the threshold.
    const threshold = 0.3;
    // The cosine that sums differ by which differ by 1, of 255 for the cosines from -1 to 1 of two words.
    const unit = 1 / (127.5 * Math.max(1, bits / 128));
    for (const z of [-1.5, -0.5, 0, 0.5, 1, 2]) {
      const slack = (threshold - cosine + z * actual) / deviation;
      const options = [k, 2 ** 30, slack, 1000, deviation, threshold, 0] as const;
      kernels.searchBlocks(best, memory.at(scored), 0, at, ...asked, ...options, 0, 1, scratch);
      memory.check();
      // What must be reached is rounded down to a whole sum; the share of some thousands has a deviation of 0.007.
      const share = scored[0] / k;
      expect(share).toBeGreaterThan(below(z) - 0.025);
      expect(share).toBeLessThan(below(z + unit / actual) + 0.025);
    }
  });
});
