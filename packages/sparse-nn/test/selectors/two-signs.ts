/** A family whose codes are seen at a glance, and a plain count of what looking units up by it takes. */
import { registerFamily, type FamilySpec } from '@hashgrad/lsh';
import type { Operation } from '../../src/index.ts';

/** Of the layer that is recounted. */
export const ROWS = 30;
export const INPUTS = 16;
export const UNITS = 40;
export const TABLES = 6;

/** Table t's code of a vector: the signs of its coordinates 2 t and 2 t + 1. */
function codeOf(x: ArrayLike<number>, t: number): number {
  return Number(x[2 * t] > 0) + 2 * Number(x[2 * t + 1] > 0);
}

/** The codes next to a vector's in table t, the nearest first: the smaller of both coordinates changes its sign more easily. */
function probesOf(x: ArrayLike<number>, t: number): number[] {
  const own = codeOf(x, t);
  const [first, second] = Math.abs(x[2 * t]) < Math.abs(x[2 * t + 1]) ? [1, 2] : [2, 1];
  return [own, own ^ first, own ^ second, own ^ 3];
}

registerFamily({
  kind: 'twoSigns',
  similarity: 'cosine',
  check: () => undefined,
  collisionProbability: () => 0.5,
  bind: ({ tables }, { tailWidth }) => ({
    tables,
    buckets: 4,
    hash({ values, stride }, count, { codes, stride: codeStride, first = 0 }, rows) {
      for (let t = 0; t < tables; t++) {
        for (let i = 0; i < count; i++) {
          const row = rows?.[i] ?? i;
          codes[t * codeStride + first + row] = codeOf(values.subarray(row * stride), t);
        }
      }
    },
    hashSparse: () => undefined,
    mostProbes: 4,
    probe({ values, stride }, count, probes, { codes, stride: codeStride, first = 0 }) {
      for (let t = 0; t < tables; t++) {
        for (let i = 0; i < count; i++) {
          const all = probesOf(values.subarray(i * stride), t);
          for (let p = 0; p < probes; p++) codes[(t * probes + p) * codeStride + first + i] = all[p];
        }
      }
    },
    operations: (nonZeros) => ({ comparisons: 2 * tables, additions: nonZeros + tailWidth }),
    [Symbol.dispose]: () => undefined,
  }),
});
export const twoSigns: FamilySpec = { kind: 'twoSigns', tables: TABLES };

/** What is recounted from: the weights of the layer, and the inputs of each sample. */
export interface Case {
  readonly weights: readonly Float32Array[];
  readonly inputs: readonly Float32Array[];
  readonly active: readonly (readonly number[])[];
}

export type Expected = Partial<Record<'hashing' | 'choose' | 'rehash', Partial<Record<Operation, number>>>>;

/** For each sample: the entries it reads, table by table, until `enough` units have `least` collisions; and those units. */
export function lookUps(
  { weights, inputs }: Case,
  least: number,
  enough: number,
  probes = 1,
): { entries: number; candidates: number } {
  let [entries, candidates] = [0, 0];
  for (const x of inputs) {
    const collisions = new Int32Array(UNITS);
    const found = (): number => collisions.reduce((sum, each) => sum + Number(each >= least), 0);
    for (let t = 0; t < TABLES && found() < enough; t++) {
      const asked = probesOf(x, t).slice(0, probes);
      const met = weights.flatMap((w, u) => (asked.includes(codeOf(w, t)) ? [u] : []));
      for (const u of met) collisions[u]++;
      entries += met.length;
    }
    candidates += found();
  }
  return { entries, candidates };
}

/** The weights without their mean. */
export function centredOf(weights: readonly Float32Array[]): Float32Array[] {
  const mean = weights[0].map((_, k) => weights.reduce((sum, w) => sum + w[k], 0) / weights.length);
  return weights.map((w) => w.map((x, k) => x - mean[k]));
}
