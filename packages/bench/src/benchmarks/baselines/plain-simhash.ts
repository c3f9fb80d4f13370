/** Nearest vectors as one writes it in an afternoon: what LshIndex is compared with. */
import { randomStream } from '@hashgrad/kernels';

/** A hit and its cosine. */
export interface PlainHit {
  readonly id: number;
  readonly similarity: number;
}

/** SimHash by the textbook: planes in arrays, a Map of strings of bits for each table, candidates in a Set. */
export class TextbookSimHash {
  readonly #vectors = new Map<number, Float32Array>();
  readonly #planes: readonly (readonly Float32Array[])[];
  readonly #tables: readonly Map<string, Set<number>>[];

  constructor(shape: { readonly dimensions: number; readonly bits: number; readonly tables: number }) {
    const random = randomStream(1, 'textbook planes');
    const { dimensions, bits, tables } = shape;
    const plane = (): Float32Array => Float32Array.from({ length: dimensions }, () => random.normal());
    this.#planes = Array.from({ length: tables }, () => Array.from({ length: bits }, plane));
    this.#tables = this.#planes.map(() => new Map());
  }

  add(id: number, vector: Float32Array): void {
    this.#vectors.set(id, vector);
    for (const [t, table] of this.#tables.entries()) {
      const code = this.#code(t, vector);
      const bucket = table.get(code);
      if (bucket) bucket.add(id);
      else table.set(code, new Set([id]));
    }
  }

  update(id: number, vector: Float32Array): void {
    const old = this.#vectors.get(id);
    if (old) for (const [t, table] of this.#tables.entries()) table.get(this.#code(t, old))?.delete(id);
    this.add(id, vector);
  }

  query(query: Float32Array, limit: number): PlainHit[] {
    const candidates = new Set<number>();
    for (const [t, table] of this.#tables.entries()) {
      for (const id of table.get(this.#code(t, query)) ?? []) candidates.add(id);
    }
    return [...candidates]
      .map((id) => ({ id, similarity: cosine(query, this.#vectors.get(id) as Float32Array) }))
      .toSorted((a, b) => b.similarity - a.similarity)
      .slice(0, limit);
  }

  #code(table: number, vector: Float32Array): string {
    return (this.#planes[table] ?? []).map((plane) => (dot(plane, vector) >= 0 ? '1' : '0')).join('');
  }
}

/** The nearest by comparing with all vectors of a flat array. */
export function plainScan(vectors: Float32Array, query: Float32Array, limit: number): PlainHit[] {
  const { length: dimensions } = query;
  const hits = Array.from({ length: vectors.length / dimensions }, (_, id) => ({
    id,
    similarity: cosine(query, vectors.subarray(id * dimensions, (id + 1) * dimensions)),
  }));
  return hits.toSorted((a, b) => b.similarity - a.similarity || a.id - b.id).slice(0, limit);
}

function cosine(x: Float32Array, y: Float32Array): number {
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

function dot(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += (x[k] as number) * (y[k] as number);
  return sum;
}
