/** Sets as one compares them without an index: what indexes are held against. */
import type { SetElements, SetId, SimilarPair } from '../../src/index.ts';

/** Integers first, ascending, then strings. */
export function compareIds(a: SetId, b: SetId): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

function jaccard(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): number {
  if (a.size + b.size === 0) return 1;
  const shared = [...a].filter((element) => b.has(element)).length;
  return shared / (a.size + b.size - shared);
}

/** All pairs of two sets that are at least so similar, ascending: by lists of the sets that have each element. */
export function exactJoin(sets: readonly ReadonlySet<unknown>[], threshold: number): SimilarPair<number>[] {
  const lists = new Map<unknown, number[]>();
  const pairs: SimilarPair<number>[] = [];
  const empty: number[] = [];
  for (const [b, set] of sets.entries()) {
    const shared = new Map<number, number>();
    for (const element of set) {
      const list = lists.get(element) ?? [];
      for (const a of list) shared.set(a, (shared.get(a) ?? 0) + 1);
      list.push(b);
      lists.set(element, list);
    }
    for (const [a, count] of shared) {
      const similarity = count / ((sets[a] as ReadonlySet<unknown>).size + set.size - count);
      if (similarity >= threshold) pairs.push({ a, b, similarity });
    }
    if (set.size > 0) continue;
    for (const a of empty) pairs.push({ a, b, similarity: 1 });
    empty.push(b);
  }
  return pairs.toSorted((x, y) => x.a - y.a || x.b - y.b);
}

/** An index that keeps everything as it came and looks at everything. */
export class PlainIndex {
  readonly sets: Map<SetId, ReadonlySet<string | number>> = new Map();
  next: number = 0;

  add(id: SetId, set: SetElements): void {
    this.sets.set(id, new Set(set));
    if (typeof id === 'number') this.next = Math.max(this.next, id + 1);
  }

  ids(): SetId[] {
    return [...this.sets.keys()].toSorted(compareIds);
  }

  /** Those for which `shares` is true and that are at least so similar. */
  query(
    set: SetElements,
    threshold: number,
    shares: (id: SetId) => boolean,
  ): { id: SetId; similarity: number }[] {
    const asked = new Set(set);
    return this.ids()
      .filter(shares)
      .map((id) => ({ id, similarity: jaccard(asked, this.sets.get(id) as ReadonlySet<unknown>) }))
      .filter(({ similarity }) => similarity >= threshold)
      .toSorted((x, y) => y.similarity - x.similarity || compareIds(x.id, y.id));
  }

  pairs(threshold: number, shares: (a: SetId, b: SetId) => boolean): SimilarPair[] {
    const ids = this.ids();
    return ids.flatMap((a, i) =>
      ids.slice(i + 1).flatMap((b) => {
        if (!shares(a, b)) return [];
        const similarity = jaccard(
          this.sets.get(a) as ReadonlySet<unknown>,
          this.sets.get(b) as ReadonlySet<unknown>,
        );
        return similarity >= threshold ? [{ a, b, similarity }] : [];
      }),
    );
  }
}

/** The connected components of two or more that the pairs make, each ascending, and by their first. */
export function componentsOf(pairs: readonly SimilarPair[]): SetId[][] {
  let components: Set<SetId>[] = [];
  for (const { a, b } of pairs) {
    const touched = components.filter((component) => component.has(a) || component.has(b));
    const joined = new Set([a, b, ...touched.flatMap((component) => [...component])]);
    components = [...components.filter((component) => !touched.includes(component)), joined];
  }
  return components
    .map((component) => [...component].toSorted(compareIds))
    .toSorted((x, y) => compareIds(x[0] as SetId, y[0] as SetId));
}

/** Whether two signatures agree in all minima of one of the bands. */
export function sharesBand(a: Uint32Array, b: Uint32Array, hashes: number, tables: number): boolean {
  for (let t = 0; t < tables; t++) {
    let equal = 0;
    while (equal < hashes && a[t * hashes + equal] === b[t * hashes + equal]) equal++;
    if (equal === hashes) return true;
  }
  return false;
}
