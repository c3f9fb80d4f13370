/** Codes of vectors in hash tables, without relaxed SIMD: the same on every machine. */
import { Arena, Team } from '../../../packages/kernels/src/index.ts';
import { bindHasher, type FamilySpec } from '../../../packages/lsh/src/index.ts';

/** Vectors one after the other, and what a transform appends to each. */
export interface Vectors {
  readonly values: Float32Array;
  readonly width: number;
  /** As many for each. */
  readonly tails?: Float32Array;
}

/** codes[t][i] is the code of vector i in table t. */
export function codesOf(spec: FamilySpec, { values, width, tails }: Vectors, seed: number): Uint32Array[] {
  const count = values.length / width;
  const tailWidth = (tails?.length ?? 0) / count;
  using arena = new Arena({ relaxed: false });
  using team = Team.single(arena);
  using hasher = bindHasher(spec, { dimensions: width, tailWidth, seed, team });
  const [copy, tail] = [arena.float32(values.length), arena.float32(count * tailWidth)];
  copy.set(values);
  if (tails) tail.set(tails);
  const codes = arena.uint32(count * spec.tables);
  hasher.hash({ values: copy, stride: width, width, tail, tailWidth }, count, { codes, stride: count });
  return Array.from({ length: spec.tables }, (_, t) => codes.slice(t * count, (t + 1) * count));
}
