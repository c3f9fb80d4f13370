/**
 * SimHash by fast Walsh-Hadamard transforms: random signs and a transform, three times over, are close to a random
 * rotation (Andoni et al., NIPS 2015, section 4), at log2 of the dimension additions for each of its coordinates.
 */
import { randomStream } from '@hashgrad/kernels';
import type { HasherContext } from './family.ts';
import { allocateKernel, grainOf, type HashKernel } from './kernel-hasher.ts';

/** Fewer coordinates are padded to 2^6: in few dimensions, hyperplanes at right angles are far from independent. */
const LEAST_LOG2 = 6;
/** Of more coordinates, what a thread works on (32 bytes for each) would be half of an arena and more. */
const MOST_LOG2 = 25;
/** Rounds that all hyperplanes have in common; the third is repeated with other signs until there are enough of them. */
const COMMON_ROUNDS = 2;
/** Vectors that the kernel takes at a time. */
const GROUP = 4;

/** @throws {RangeError} if there are more than 2^25 coordinates. */
export function hadamardKernel(bits: number, tables: number, context: HasherContext): HashKernel {
  const { team, dimensions, tailWidth, seed } = context;
  const { arena } = team;
  const coordinates = dimensions + tailWidth;
  const log2 = Math.max(LEAST_LOG2, Math.ceil(Math.log2(coordinates)));
  if (log2 > MOST_LOG2) {
    throw new RangeError(
      `simHash: projection 'hadamard' is for up to ${2 ** MOST_LOG2} dimensions; got ${coordinates}.`,
    );
  }
  const rounds = COMMON_ROUNDS + Math.ceil((bits * tables) / 2 ** log2);
  const { memory, arrays } = allocateKernel(team, [rounds * 2 ** log2]);
  const [signs] = arrays;
  const random = randomStream(seed, 'simHash hadamard');
  for (let i = 0; i < signs.length; i++) signs[i] = random.uniform() < 0.5 ? 2 ** 31 : 0;
  return {
    tables,
    buckets: 2 ** bits,
    memory,
    run(batch, count) {
      // >>> 0 because WebAssembly gives sizes above 2 GiB as negative numbers.
      const scratch = arena.kernels.hadamardScratchBytes(log2, tables) >>> 0;
      const grain = grainOf(team, count, GROUP);
      team.run('hashHadamard', [batch, arena.address(signs), log2, bits, tables], count, { scratch, grain });
    },
    multiplyAdds: () => rounds * log2 * 2 ** log2,
  };
}
