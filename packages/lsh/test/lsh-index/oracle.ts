/** What an LshIndex must answer, from maps, plain sums and the codes of its hash family. */
import { Arena, Team } from '@hashgrad/kernels';
import { bindHasher, type FamilySpec, type Hasher, type LshHits, type Metric } from '../../src/index.ts';

export const METRICS: readonly Metric[] = ['cosine', 'euclidean', 'innerProduct'];

/** The values of hits, whatever they are called. */
export function valuesOf(hits: LshHits): Float32Array {
  if ('similarities' in hits) return hits.similarities;
  return 'distances' in hits ? hits.distances : hits.scores;
}

/** The value of a pair in 64 bits. */
export function valueOf(metric: Metric, x: Float32Array, y: Float32Array): number {
  let [product, squares] = [0, 0];
  for (let k = 0; k < x.length; k++) {
    const [a, b] = [x[k] as number, y[k] as number];
    product += a * b;
    squares += (a - b) ** 2;
  }
  if (metric === 'euclidean') return Math.sqrt(squares);
  if (metric === 'innerProduct') return product;
  const lengths = lengthOf(x) * lengthOf(y);
  return lengths === 0 ? 0 : product / lengths;
}

export function lengthOf(vector: Float32Array): number {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return Math.sqrt(sum);
}

/** An index as one writes it with a map. */
export class Model {
  readonly vectors: Map<number, Float32Array> = new Map();
  next = 0;
  readonly #metric: Metric;
  readonly #dimensions: number;
  readonly #team: Team = Team.single(new Arena());
  readonly #hasher: Hasher;

  constructor(options: { metric: Metric; dimensions: number; family: FamilySpec; seed: number }) {
    const { metric, dimensions, family, seed } = options;
    this.#metric = metric;
    this.#dimensions = dimensions;
    const tailWidth = metric === 'innerProduct' ? 1 : 0;
    this.#hasher = bindHasher(family, { dimensions, tailWidth, seed, team: this.#team });
  }

  put(ids: Iterable<number>, flat: Float32Array): void {
    let i = 0;
    for (const id of ids) {
      const vector = flat.slice(i * this.#dimensions, (i + 1) * this.#dimensions);
      this.vectors.set(id, vector);
      this.next = Math.max(this.next, id + 1);
      i++;
    }
  }

  /** The least of eight to sixteen eighths of a power of two that no vector is longer than. */
  get bound(): number {
    const longest = Math.max(0, ...Array.from(this.vectors.values(), lengthOf));
    if (longest === 0) return 0;
    let bound = 1;
    while (bound > longest) bound /= 2;
    while (2 * bound < longest) bound *= 2;
    const step = bound / 8;
    while (bound < longest) bound += step;
    return bound;
  }

  ids(): number[] {
    return [...this.vectors.keys()].toSorted((a, b) => a - b);
  }

  /** In how many tables each vector collides with the query, by id. */
  collisions(query: Float32Array): Map<number, number> {
    const entries = [...this.vectors];
    const { bound } = this;
    const own = this.#codes(
      entries.map(([, vector]) => vector),
      (vector) => Math.sqrt(Math.max(0, bound ** 2 - lengthOf(vector) ** 2)),
    );
    const asked = this.#codes([query], () => 0);
    const { tables } = this.#hasher;
    return new Map(
      entries.map(([id], i) => {
        let collisions = 0;
        for (let t = 0; t < tables; t++) if (own[t * entries.length + i] === asked[t]) collisions++;
        return [id, collisions];
      }),
    );
  }

  close(): void {
    this.#team.close();
    this.#team.arena.close();
  }

  #codes(vectors: readonly Float32Array[], tailOf: (vector: Float32Array) => number): Uint32Array {
    const { arena } = this.#team;
    const stride = Math.ceil(this.#dimensions / 4) * 4;
    const values = arena.float32(vectors.length * stride);
    const tail = arena.float32(vectors.length);
    const codes = arena.uint32(vectors.length * this.#hasher.tables);
    for (const [i, vector] of vectors.entries()) {
      values.set(vector, i * stride);
      tail[i] = tailOf(vector);
    }
    const dense = { values, stride, width: this.#dimensions };
    const given = this.#metric === 'innerProduct' ? { ...dense, tail, tailWidth: 1 } : dense;
    this.#hasher.hash(given, vectors.length, { codes, stride: vectors.length });
    const found = codes.slice();
    for (const view of [values, tail, codes]) arena.free(view);
    return found;
  }
}
