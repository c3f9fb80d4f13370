/** Reference of consistent weighted sampling (Ioffe, ICDM 2010), every operation rounded to 32 bits as in the kernel. */
import { mix, packLabels } from './mix.ts';

/** Hash functions in a block of the draws, and the floats that a coordinate has there. */
const [BLOCK, ENTRY] = [8, 32];

/** What all vectors are hashed with. */
export interface WeightedPlan {
  /**
   * Float ((h / 8) * coordinates + k) * 32 + h % 8 is 1 / r of function h and coordinate k; 8, 16 and 24 further on are
   * beta, r and ln c - r.
   */
  readonly draws: Float32Array;
  /** Bits that are kept of a draw. */
  readonly bits: number;
  /** Draws in a code. */
  readonly perCode: number;
  readonly tables: number;
}

/** The codes of one vector; 0 of one without weights. */
export function hashWeighted(x: ArrayLike<number>, plan: WeightedPlan): Uint32Array {
  const { draws, bits, perCode, tables } = plan;
  const weights = Array.from(x, (weight, k) => ({ k, log: Math.fround(Math.log(weight)) }));
  const present = weights.filter(({ log }) => log > -Infinity);
  if (present.length === 0) return new Uint32Array(tables);
  const labels = Array.from({ length: perCode * tables }, (_, h) => {
    let best = { score: Infinity, k: 0, t: 0 };
    for (const { k, log } of present) {
      const entry = (Math.floor(h / BLOCK) * x.length + k) * ENTRY + (h % BLOCK);
      const [inverse, beta, r, shifted] = [0, 8, 16, 24].map((offset) => draws[entry + offset]);
      const q = Math.fround(Math.fround(log * inverse) + beta);
      const t = Math.floor(q);
      const score = Math.fround(Math.fround(shifted - log) + Math.fround(r * Math.fround(q - t)));
      if (score < best.score) best = { score, k, t };
    }
    return mix((mix((best.k + Math.imul(h, 0x9e3779b9)) | 0) + best.t) | 0) >>> (32 - bits);
  });
  return packLabels(labels, bits, tables);
}
