/** Vectors as tests write them, put into an arena for hashers. */
import { type Arena, randomStream, type Team } from '@hashgrad/kernels';
import { bindHasher, type DenseVectors, type FamilySpec, type SparseVectors } from '../src/index.ts';

/** `count` vectors of standard normals. */
export function normals(count: number, dimensions: number, seed: number): number[][] {
  const random = randomStream(seed, 'test vectors');
  return Array.from({ length: count }, () => Array.from({ length: dimensions }, () => random.normal()));
}

/** Rows padded with `padding` coordinates, which a hasher must not see: they are NaN. */
export function dense(arena: Arena, rows: readonly number[][], padding = 0): DenseVectors {
  const width = rows[0]?.length ?? 1;
  const stride = width + padding;
  const values = arena.float32(rows.length * stride).fill(Number.NaN);
  for (const [i, row] of rows.entries()) values.set(row, i * stride);
  return { values, stride, width };
}

/** The non-zeros of the rows. */
export function sparse(arena: Arena, rows: readonly number[][]): SparseVectors {
  const entries = rows.map((row) => [...row.entries()].filter(([, value]) => value !== 0));
  const total = entries.reduce((sum, { length }) => sum + length, 0);
  const vectors = {
    offsets: arena.int32(rows.length + 1),
    ids: arena.int32(total),
    values: arena.float32(total),
  };
  let at = 0;
  for (const [i, row] of entries.entries()) {
    for (const [id, value] of row) {
      vectors.ids[at] = id;
      vectors.values[at++] = value;
    }
    vectors.offsets[i + 1] = at;
  }
  return vectors;
}

export interface CodesOptions {
  readonly seed?: number;
  readonly form?: 'dense' | 'sparse';
  /** Coordinates that a transform appended, for each row. */
  readonly tails?: readonly number[][] | undefined;
  readonly padding?: number;
  /** Only these rows are hashed; the codes of the others are -1. */
  readonly only?: readonly number[] | undefined;
}

/** The codes of the rows, by row: codes[i][t]. What it allocates it frees. */
export function codesOf(
  team: Team,
  spec: FamilySpec,
  rows: readonly number[][],
  options: CodesOptions = {},
): number[][] {
  const { arena } = team;
  const { seed = 1, form = 'dense', tails, padding, only } = options;
  const tailWidth = tails?.[0]?.length ?? 0;
  const hasher = bindHasher(spec, { dimensions: rows[0]?.length ?? 1, tailWidth, seed, team });
  const count = rows.length;
  const codes = arena.uint32(count * hasher.tables).fill(-1);
  const tail = tails ? arena.float32(count * tailWidth) : undefined;
  for (const [i, row] of (tails ?? []).entries()) tail?.set(row, i * tailWidth);
  const target = { codes, stride: count };
  const used: (Float32Array | Int32Array | Uint32Array)[] = [codes];
  if (tail) used.push(tail);
  if (form === 'dense') {
    const vectors = dense(arena, rows, padding);
    used.push(vectors.values);
    const listed = only ? arena.int32(only.length) : undefined;
    listed?.set(only ?? []);
    if (listed) used.push(listed);
    hasher.hash({ ...vectors, tail, tailWidth }, only?.length ?? count, target, listed);
  } else {
    const vectors = sparse(arena, rows);
    used.push(vectors.offsets, vectors.ids, vectors.values);
    hasher.hashSparse({ ...vectors, tail, tailWidth }, count, target);
  }
  const result = rows.map((_, i) =>
    Array.from({ length: hasher.tables }, (_unused, t) => (codes[t * count + i] as number) | 0),
  );
  for (const view of used) arena.free(view);
  hasher[Symbol.dispose]();
  return result;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);
}

/** A vector with the given cosine to `x`, in the plane of `x` and `other`, `length` times as long as `x`. */
export function atCosine(
  x: readonly number[],
  other: readonly number[],
  cosine: number,
  length: number,
): number[] {
  const share = dot(x, other) / dot(x, x);
  const normal = other.map((value, k) => value - share * (x[k] ?? 0));
  const scale = Math.sqrt(dot(x, x) / dot(normal, normal));
  const sine = Math.sqrt(1 - cosine ** 2);
  return x.map((value, k) => length * (cosine * value + sine * scale * (normal[k] ?? 0)));
}
