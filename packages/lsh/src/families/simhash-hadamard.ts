/**
 * SimHash by fast Walsh-Hadamard transforms: random signs and a transform, three times over, are close to a random
 * rotation (Andoni et al., NIPS 2015, section 4), at log2 of the dimension additions for each of its coordinates.
 */
import { type HasherContext, MOST_PROBES } from '../family.ts';
import { grainOf, type HashKernel } from './kernel-hasher.ts';
import { drawRotation, GROUP } from './rotation.ts';

/** @throws {RangeError} if there are more than 2^25 coordinates. */
export function hadamardKernel(bits: number, tables: number, context: HasherContext): HashKernel {
  const { team } = context;
  const outputs = bits * tables;
  const { arena } = team;
  const rotation = drawRotation('simHash', context, 'simHash hadamard', outputs);
  const { memory, log2, signs, additions, project } = rotation;
  return {
    tables,
    buckets: 2 ** bits,
    memory,
    run(batch, count) {
      // >>> 0 because WebAssembly gives sizes above 2 GiB as negative numbers.
      const scratch = arena.kernels.hadamardScratchBytes(log2, tables) >>> 0;
      const grain = grainOf(team, count, GROUP);
      team.run('hashHadamard', [batch, signs, log2, bits, tables], count, { scratch, grain });
    },
    probing: {
      most: Math.min(2 ** bits, MOST_PROBES),
      projections: outputs,
      project,
      probe(codes, codeStride, probes, from, count) {
        const scratch = arena.kernels.probeScratchBytes(probes);
        // Bit j of table t is output (bits - 1 - j) * tables + t.
        const places = [(bits - 1) * tables, 1, -tables] as const;
        const args = [codes, codeStride, probes, from, outputs, ...places, bits, tables] as const;
        team.run('probeSigns', [...args], count, { scratch });
      },
    },
    multiplyAdds: () => additions,
  };
}
