/** SimHash with Gaussian hyperplanes: a matrix product. The one form whose collision law is exact. */
import type { Team } from '@hashgrad/kernels';
import { MOST_PROBES } from '../family.ts';
import type { ProjectionCoder } from './projection-hasher.ts';

/** Column t * bits + j of the projections is hyperplane j of table t. */
export function signCoder(bits: number, tables: number, team: Team): ProjectionCoder {
  const { kernels } = team.arena;
  return {
    tables,
    buckets: 2 ** bits,
    mostProbes: Math.min(2 ** bits, MOST_PROBES),
    columns: bits * tables,
    kind: 'simHash',
    scale: 1,
    stream: 'simHash',
    own: 0,
    pack(codes, stride, rows, from, count) {
      const scratch = kernels.packSignsScratchBytes(bits, tables);
      const args = [codes, stride, rows, from.address, from.stride, bits, tables] as const;
      team.run('packSigns', [...args], count, { scratch });
    },
    probe(codes, stride, probes, from, count) {
      const scratch = kernels.probeScratchBytes(probes);
      const given = [codes, stride, probes, from.address, from.stride, 0, bits, 1, bits, tables] as const;
      team.run('probeSigns', [...given], count, { scratch });
    },
  };
}
