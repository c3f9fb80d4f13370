/** What the engine does where the standard leaves it the choice: the bits of the relaxed builds depend on it. */
import {
  Arena,
  gemm,
  hasRelaxedSimd,
  type Matrix,
  randomStream,
  Team,
} from '../packages/kernels/src/index.ts';

/** Under what digests are stored. 'standard': without relaxed SIMD. 'fused': with it, where multiply-add rounds once. */
export type Behaviour = 'standard' | 'fused';

/**
 * What this engine does in a build; nothing where it cannot run it. A relaxed multiply-add that rounds twice gives the bits
 * of the standard: no other relaxed instruction is used where engines differ.
 */
export function behaviourOf(relaxed: boolean): Behaviour | undefined {
  if (!relaxed) return 'standard';
  if (!hasRelaxedSimd()) return undefined;
  const [standard, ours] = [product(false), product(true)];
  return ours.every((value, i) => value === standard[i]) ? 'standard' : 'fused';
}

const SIZE = 16;

/** A product of random matrices: hundreds of sums, of which fusing changes many. */
function product(relaxed: boolean): Float32Array {
  using arena = new Arena({ relaxed });
  const [a, b, c] = [arena.float32(SIZE ** 2), arena.float32(SIZE ** 2), arena.float32(SIZE ** 2)];
  const random = randomStream(1, 'probe');
  for (const matrix of [a, b]) for (let i = 0; i < matrix.length; i++) matrix[i] = random.uniform();
  const strided = (values: Float32Array): Matrix => ({ values, row: SIZE, column: 1 });
  const shape = { rows: SIZE, columns: SIZE, depth: SIZE };
  gemm(Team.single(arena), { out: c, outStride: SIZE, a: strided(a), b: strided(b), ...shape });
  return c.slice();
}
