import { simpleLshTransform } from './simple-lsh.ts';
import {
  bindSpec,
  checkBetween,
  checkWhole,
  type TransformDefinition,
  type TransformSpec,
} from './transform.ts';

/**
 * SA-ALSH, the shifted transform of SAH (Huang et al., AAAI 2023): data are cut into blocks of lengths from `ratio` (b, 0.5)
 * times the greatest on, and in each the mean c is subtracted: y = x - c, P(x) = [y; sqrt(R^2 - |y|^2)] with R the greatest
 * |y|, and Q(q) = [q; 0], whose cosine is q . y / (R |q|). As q . c is the same for all of a block, the order in a block is
 * that of q . x. A block has `most` (10,000) vectors at most; `scan` (1,000) or fewer are scanned. For families of the
 * cosine. @throws {RangeError} if a parameter is out of range.
 */
export function saAlsh(
  parameters: { readonly ratio?: number; readonly most?: number; readonly scan?: number } = {},
): TransformSpec {
  const spec = { kind: 'saAlsh', ratio: 0.5, most: 10_000, scan: 1000, ...parameters };
  bindSpec(saAlshDefinition, spec);
  return spec;
}

export const saAlshDefinition: TransformDefinition = {
  kind: 'saAlsh',
  options: ['ratio', 'most', 'scan'],
  bind(spec) {
    const ratio = checkBetween('saAlsh', 'ratio', spec['ratio'], 0, 1);
    const most = checkWhole('saAlsh', 'most', spec['most'], 1, 2 ** 31 - 1);
    const scan = checkWhole('saAlsh', 'scan', spec['scan'], 0, 2 ** 31 - 1);
    const { rho: _, ...simple } = simpleLshTransform;
    // Lengths, products and the bound are those of the shifted vectors.
    return { ...simple, kind: 'saAlsh', blocks: { ratio, most, scan, centred: true } };
  },
};
