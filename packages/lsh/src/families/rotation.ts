/**
 * Fast rotations: random signs and a Walsh-Hadamard transform, three times over, are close to a random rotation (Andoni
 * et al., NIPS 2015, section 4). Where more outputs are needed than there are coordinates, the third round is done again
 * with other signs.
 */
import {
  type HashBatch,
  projectHadamard,
  randomStream,
  rotationRounds,
  rotationScratch,
} from '@hashgrad/kernels';
import type { HasherContext } from '../family.ts';
import { allocateKernel, type KernelProbing } from './kernel-hasher.ts';
import { checkRoom } from './room.ts';

/** Fewer coordinates are padded to 2^6: in few dimensions, directions at right angles are far from independent. */
const LEAST_LOG2 = 6;
/** Of more coordinates, what a thread works on (32 bytes for each) would be half of an arena and more. */
const MOST_LOG2 = 25;

/** The transform's size, as a power of 2. @throws {RangeError} if there are more than 2^25 coordinates. */
function rotationLog2(kind: string, { dimensions, tailWidth }: HasherContext, least: number): number {
  const coordinates = dimensions + tailWidth;
  const log2 = Math.max(LEAST_LOG2, least, Math.ceil(Math.log2(coordinates)));
  if (log2 > MOST_LOG2) {
    const what = kind === 'simHash' ? "projection 'hadamard'" : 'the rotation';
    throw new RangeError(`${kind}: ${what} is for up to ${2 ** MOST_LOG2} dimensions; got ${coordinates}.`);
  }
  return log2;
}

/** A rotation's random signs, and the kernel that applies it. */
export interface Rotation {
  /** What a hash kernel keeps, in one piece: its batch, and the signs. */
  readonly memory: Int32Array;
  readonly batch: HashBatch;
  /** It is of 2^log2 coordinates. */
  readonly log2: number;
  /** The signs of all rounds, as masks: the sign bit or nothing. */
  readonly signs: Uint32Array;
  /** Additions that rotate a vector. */
  readonly additions: number;
  /** As KernelProbing's `project`. */
  readonly project: KernelProbing['project'];
}

/**
 * Draws a rotation of the context's coordinates with so many outputs.
 * @param least Logarithm of the coordinates that it has at least.
 * @throws {RangeError} if there are more than 2^25 coordinates, or there is no room for it.
 */
export function drawRotation(
  kind: string,
  context: HasherContext,
  stream: string,
  outputs: number,
  least = 0,
): Rotation {
  const { team, seed } = context;
  const log2 = rotationLog2(kind, context, least);
  const rounds = rotationRounds(log2, outputs);
  checkRoom(kind, context, (count) => {
    const size = Math.max(LEAST_LOG2, least, Math.ceil(Math.log2(count)));
    const scratch = rotationScratch(size, outputs);
    return 4 * rotationRounds(size, outputs) * 2 ** size + team.threads * scratch;
  });
  const { memory, batch, arrays } = allocateKernel(team, [rounds * 2 ** log2], ([masks]) => {
    const random = randomStream(seed, stream);
    for (let i = 0; i < masks.length; i++) masks[i] = random.uniform() < 0.5 ? 2 ** 31 : 0;
  });
  const [signs] = arrays;
  return {
    memory,
    batch,
    log2,
    signs,
    additions: rounds * log2 * 2 ** log2,
    project(count, projections) {
      projectHadamard(team, { batch, signs, log2, outputs, projections, stride: outputs }, count);
    },
  };
}
