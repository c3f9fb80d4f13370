/** MinHash and its tables as one writes them in plain TypeScript: what the index of @hashgrad/lsh is compared with. */
import { hashText } from '@hashgrad/lsh';
import type { RandomStream } from '@hashgrad/kernels';

/** A pair of sets, the lower number first, and their Jaccard similarity. */
export interface PlainPair {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
}

export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const element of a) if (b.has(element)) shared++;
  return a.size + b.size === 0 ? 1 : shared / (a.size + b.size - shared);
}

/** Textbook MinHash: `hashes * tables` functions (a x + b) of hashed elements, and a map from each band to its sets. */
export class PlainMinHash {
  readonly sets: ReadonlySet<string>[] = [];
  readonly #hashes: number;
  readonly #maps: Map<string, number[]>[];
  readonly #factors: Uint32Array;
  readonly #offsets: Uint32Array;

  constructor(hashes: number, tables: number, random: RandomStream) {
    this.#hashes = hashes;
    this.#maps = Array.from({ length: tables }, () => new Map());
    this.#factors = Uint32Array.from({ length: hashes * tables }, () => 2 * random.integer(2 ** 31) + 1);
    this.#offsets = Uint32Array.from({ length: hashes * tables }, () => random.integer(2 ** 32));
  }

  add(set: ReadonlySet<string>): void {
    const id = this.sets.push(set) - 1;
    for (const [t, band] of this.#bands(set).entries()) {
      const bucket = (this.#maps[t] as Map<string, number[]>).get(band);
      if (bucket) bucket.push(id);
      else (this.#maps[t] as Map<string, number[]>).set(band, [id]);
    }
  }

  /** The sets that share a bucket and are at least so similar, the most similar first. */
  query(set: ReadonlySet<string>, threshold: number): { id: number; similarity: number }[] {
    const candidates = new Set<number>();
    for (const [t, band] of this.#bands(set).entries()) {
      for (const id of (this.#maps[t] as Map<string, number[]>).get(band) ?? []) candidates.add(id);
    }
    return [...candidates]
      .map((id) => ({ id, similarity: jaccard(set, this.sets[id] as ReadonlySet<string>) }))
      .filter(({ similarity }) => similarity >= threshold)
      .toSorted((x, y) => y.similarity - x.similarity || x.id - y.id);
  }

  #bands(set: ReadonlySet<string>): string[] {
    const least = new Uint32Array(this.#factors.length).fill(0xffffffff);
    for (const element of set) {
      const x = hashText(element, 1);
      for (let h = 0; h < least.length; h++) {
        const place = (Math.imul(this.#factors[h] as number, x) + (this.#offsets[h] as number)) >>> 0;
        if (place < (least[h] as number)) least[h] = place;
      }
    }
    return Array.from(this.#maps, (_, t) => least.subarray(t * this.#hashes, (t + 1) * this.#hashes).join());
  }
}

/** All pairs that are at least so similar, ascending: by a list for each element of the sets that have it. */
export function exactJoin(sets: readonly ReadonlySet<string>[], threshold: number): PlainPair[] {
  const lists = new Map<string, number[]>();
  const pairs: PlainPair[] = [];
  for (const [b, set] of sets.entries()) {
    const shared = new Map<number, number>();
    for (const element of set) {
      const list = lists.get(element);
      if (!list) {
        lists.set(element, [b]);
        continue;
      }
      for (const a of list) shared.set(a, (shared.get(a) ?? 0) + 1);
      list.push(b);
    }
    for (const [a, count] of shared) {
      const similarity = count / ((sets[a] as ReadonlySet<string>).size + set.size - count);
      if (similarity >= threshold) pairs.push({ a, b, similarity });
    }
  }
  return pairs.toSorted((x, y) => x.a - y.a || x.b - y.b);
}
