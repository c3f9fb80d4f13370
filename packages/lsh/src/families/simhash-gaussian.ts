/** SimHash with Gaussian hyperplanes: a matrix product. The one form whose collision law is exact. */
import { packSigns, probeSigns, type Team } from '@hashgrad/kernels';
import { MOST_PROBES } from '../family.ts';
import type { ProjectionCoder } from './projection-hasher.ts';

/** Column t * bits + j of the projections is hyperplane j of table t. */
export function signCoder(bits: number, tables: number, team: Team): ProjectionCoder {
  return {
    tables,
    buckets: 2 ** bits,
    mostProbes: Math.min(2 ** bits, MOST_PROBES),
    columns: bits * tables,
    kind: 'simHash',
    scale: 1,
    stream: 'simHash',
    own: 0,
    pack(codes, codeStride, rows, { values: projections, stride }, count) {
      packSigns(team, { codes, codeStride, rows, projections, stride, bits, tables }, count);
    },
    probe(codes, codeStride, probes, { values: projections, stride }, count) {
      const places = { first: 0, tableStep: bits, bitStep: 1 };
      const from = { projections, stride, ...places, bits, tables };
      probeSigns(team, { codes, codeStride, probes, ...from }, count);
    },
  };
}
