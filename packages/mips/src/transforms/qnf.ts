import {
  bindSpec,
  checkBetween,
  checkWhole,
  type TransformDefinition,
  type TransformSpec,
} from './transform.ts';
import { sphereRho, xboxTransform } from './xbox.ts';

/**
 * QNF, the transform of H2-ALSH (Huang et al., KDD 2018): data are cut into blocks of lengths from b M_b to M_b, and in
 * each P(x) = [x; sqrt(M_b^2 - |x|^2)] and Q(q) = [l q; 0] where l = M_b / |q|, so that the squared distance is
 * 2 M_b^2 - 2 l q . x. `c0` (2) and `c` (0.5) are the ratios that the search may be off by, b =
 * sqrt((c0^4 - 1) / (c0^4 - c)). A block has `most` (5,000) vectors at most; `scan` (400) or fewer are scanned. For families
 * of the distance or the cosine. @throws {RangeError} if a parameter is out of range.
 */
export function qnf(
  parameters: {
    readonly c0?: number;
    readonly c?: number;
    readonly most?: number;
    readonly scan?: number;
  } = {},
): TransformSpec {
  const spec = { kind: 'qnf', c0: 2, c: 0.5, most: 5000, scan: 400, ...parameters };
  bindSpec(qnfDefinition, spec);
  return spec;
}

export const qnfDefinition: TransformDefinition = {
  kind: 'qnf',
  options: ['c0', 'c', 'most', 'scan'],
  bind(spec) {
    const c0 = checkBetween('qnf', 'c0', spec['c0'], 1, Infinity);
    const c = checkBetween('qnf', 'c', spec['c'], 0, 1);
    const most = checkWhole('qnf', 'most', spec['most'], 1, 2 ** 31 - 1);
    const scan = checkWhole('qnf', 'scan', spec['scan'], 0, 2 ** 31 - 1);
    const ratio = Math.sqrt((c0 ** 4 - 1) / (c0 ** 4 - c));
    return {
      ...xboxTransform,
      kind: 'qnf',
      scale: {
        data: () => 1,
        query: (squaredNorm, bound) => (squaredNorm > 0 ? Math.sqrt(bound / squaredNorm) : 1),
      },
      blocks: { ratio, most, scan, centred: false },
      similarity(of, pair) {
        const cosine = xboxTransform.similarity('cosine', pair);
        return of === 'cosine' ? cosine : Math.sqrt(Math.max(0, 2 * pair.bound * (1 - cosine)));
      },
      rho: (product, share) => sphereRho(product, share),
    };
  },
};
