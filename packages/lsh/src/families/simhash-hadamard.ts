/**
 * SimHash by fast Walsh-Hadamard transforms: random signs and a transform, three times over, are close to a random
 * rotation (Andoni et al., NIPS 2015, section 4), at log2 of the dimension additions for each of its coordinates.
 */
import { hashHadamard, probeSigns } from '@hashgrad/kernels';
import { type HasherContext, MOST_PROBES } from '../family.ts';
import type { HashKernel } from './kernel-hasher.ts';
import { drawRotation } from './rotation.ts';

/** @throws {RangeError} if there are more than 2^25 coordinates. */
export function hadamardKernel(bits: number, tables: number, context: HasherContext): HashKernel {
  const { team } = context;
  const outputs = bits * tables;
  const rotation = drawRotation('simHash', context, 'simHash hadamard', outputs);
  const { memory, batch, log2, signs, additions, project } = rotation;
  return {
    tables,
    buckets: 2 ** bits,
    memory,
    batch,
    run(count) {
      hashHadamard(team, { batch, signs, log2, bits, tables }, count);
    },
    probing: {
      most: Math.min(2 ** bits, MOST_PROBES),
      projections: outputs,
      project,
      probe(codes, codeStride, probes, projections, count) {
        // Bit j of table t is output (bits - 1 - j) * tables + t.
        const places = { first: (bits - 1) * tables, tableStep: 1, bitStep: -tables };
        const from = { projections, stride: outputs, ...places, bits, tables };
        probeSigns(team, { codes, codeStride, probes, ...from }, count);
      },
    },
    operations: () => ({ additions }),
  };
}
