/**
 * SimHash by fast Walsh-Hadamard transforms: random signs and a transform, three times over, are close to a random
 * rotation (Andoni et al., NIPS 2015, section 4), at log2 of the dimension additions for each of its coordinates.
 */
import { type HasherContext, MOST_PROBES } from './family.ts';
import { drawSigns, rotationLog2, roundsFor } from './rotation.ts';
import { allocateKernel, grainOf, type HashKernel } from './kernel-hasher.ts';

/** Vectors that the kernel takes at a time. */
const GROUP = 4;

/** @throws {RangeError} if there are more than 2^25 coordinates. */
export function hadamardKernel(bits: number, tables: number, context: HasherContext): HashKernel {
  const { team, seed } = context;
  const outputs = bits * tables;
  const { arena } = team;
  const log2 = rotationLog2('simHash', context);
  const rounds = roundsFor(outputs, log2);
  const { memory, arrays } = allocateKernel(team, [rounds * 2 ** log2]);
  const [signs] = arrays;
  drawSigns(signs, seed, 'simHash hadamard');
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
    probing: {
      most: Math.min(2 ** bits, MOST_PROBES),
      projections: outputs,
      project(batch, count, to) {
        const scratch = arena.kernels.projectHadamardScratchBytes(log2) >>> 0;
        const grain = grainOf(team, count, GROUP);
        const args = [batch, arena.address(signs), log2, outputs, to, outputs] as const;
        team.run('projectHadamard', [...args], count, { scratch, grain });
      },
      probe(codes, codeStride, probes, from, count) {
        const scratch = arena.kernels.probeScratchBytes(probes);
        // Bit j of table t is output (bits - 1 - j) * tables + t.
        const places = [(bits - 1) * tables, 1, -tables] as const;
        const args = [codes, codeStride, probes, from, outputs, ...places, bits, tables] as const;
        team.run('probeSigns', [...args], count, { scratch });
      },
    },
    multiplyAdds: () => rounds * log2 * 2 ** log2,
  };
}
