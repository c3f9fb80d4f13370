/**
 * Fast rotations: random signs and a Walsh-Hadamard transform, three times over, are close to a random rotation (Andoni
 * et al., NIPS 2015, section 4). Where more outputs are needed than there are coordinates, the third round is done again
 * with other signs.
 */
import { randomStream } from '@hashgrad/kernels';
import type { HasherContext } from './family.ts';

/** Fewer coordinates are padded to 2^6: in few dimensions, directions at right angles are far from independent. */
const LEAST_LOG2 = 6;
/** Of more coordinates, what a thread works on (32 bytes for each) would be half of an arena and more. */
const MOST_LOG2 = 25;
/** Rounds that all outputs have in common. */
const COMMON_ROUNDS = 2;

/** The transform's size, as a power of 2. @throws {RangeError} if there are more than 2^25 coordinates. */
export function rotationLog2(kind: string, { dimensions, tailWidth }: HasherContext, least = 0): number {
  const coordinates = dimensions + tailWidth;
  const log2 = Math.max(LEAST_LOG2, least, Math.ceil(Math.log2(coordinates)));
  if (log2 > MOST_LOG2) {
    const what = kind === 'simHash' ? "projection 'hadamard'" : 'the rotation';
    throw new RangeError(`${kind}: ${what} is for up to ${2 ** MOST_LOG2} dimensions; got ${coordinates}.`);
  }
  return log2;
}

/** Rounds of transforms for so many outputs. */
export function roundsFor(outputs: number, log2: number): number {
  return COMMON_ROUNDS + Math.ceil(outputs / 2 ** log2);
}

/** Draws the signs of all rounds, as masks: the sign bit or nothing. */
export function drawSigns(signs: Uint32Array, seed: number, stream: string): void {
  const random = randomStream(seed, stream);
  for (let i = 0; i < signs.length; i++) signs[i] = random.uniform() < 0.5 ? 2 ** 31 : 0;
}
