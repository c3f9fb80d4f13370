/** Duplicate pairs of a corpus, and the clusters that they make. */
import type { BandTables } from './band-tables.ts';
import { stir } from './hash-text.ts';
import type { KeptSets } from './kept-sets.ts';
import type { SetId, SetIds } from './set-ids.ts';

/** Two sets of an index; `a` is the lower id. */
export interface SimilarPair<Id extends SetId = SetId> {
  readonly a: Id;
  readonly b: Id;
  readonly similarity: number;
}

/** The sets of an index, as these functions need them. */
export interface Corpus {
  readonly ids: SetIds;
  readonly tables: BandTables;
  readonly kept: KeptSets;
}

/** The pairs that share a bucket and are at least so similar, ascending by a and then b. */
export function* similarPairs({ ids, tables, kept }: Corpus, threshold: number): Generator<SimilarPair> {
  const sorted = ids.sorted();
  const ranks = ranksOf(ids, sorted);
  for (const [rank, a] of sorted.entries()) {
    const place = ids.placeOf(a);
    const found: { rank: number; similarity: number }[] = [];
    for (const other of tables.candidates(tables.keysOf(place), 0)) {
      const otherRank = ranks[other] as number;
      if (otherRank <= rank) continue;
      const similarity = kept.between(place, other, threshold);
      if (similarity >= threshold) found.push({ rank: otherRank, similarity });
    }
    found.sort((x, y) => x.rank - y.rank);
    for (const { rank: r, similarity } of found) yield { a, b: sorted[r] as SetId, similarity };
  }
}

/** The connected components of two sets or more that those pairs make: each ascending, and by their first ids. */
export function clustersOf({ ids, tables, kept }: Corpus, threshold: number): SetId[][] {
  const sorted = ids.sorted();
  const ranks = ranksOf(ids, sorted);
  const places = sorted.map((id) => ids.placeOf(id));
  const components = new Components(sorted.length);
  const isFirst = joinEqual(places, kept, components);
  // Each bucket is walked through once, by the first of its sets, and a set is compared with those of other components alone.
  const done = new Uint8Array(sorted.length);
  for (let t = 0; t < tables.tables; t++) {
    done.fill(0);
    for (const [rank, place] of places.entries()) {
      if (done[rank] === 1 || isFirst[rank] === 0) continue;
      const bucket = tables.bucket(t, tables.keysOf(place)[t] as number);
      const members = bucket.map((other) => ranks[other] as number).filter((other) => isFirst[other] === 1);
      for (const member of members) done[member] = 1;
      joinBucket(members, components, (a, b) => {
        return kept.between(places[a] as number, places[b] as number, threshold) >= threshold;
      });
    }
  }
  return components.groups().map((group) => group.map((rank) => sorted[rank] as SetId));
}

/** Which of the sorted ids is in each place. */
function ranksOf(ids: SetIds, sorted: readonly SetId[]): Int32Array {
  const ranks = new Int32Array(ids.placesWith(0)).fill(-1);
  for (const [rank, id] of sorted.entries()) ranks[ids.placeOf(id)] = rank;
  return ranks;
}

/** Joins sets whose contents are the same, so that many copies of one set take no time squared; 1 for the first of each. */
function joinEqual(places: readonly number[], kept: KeptSets, components: Components): Uint8Array {
  const isFirst = new Uint8Array(places.length);
  const kinds = new Map<number, number[]>();
  for (const [rank, place] of places.entries()) {
    const contents = kept.contents(place);
    const hash = contents.reduce(stir, kept.sizeOf(place));
    const alike = kinds.get(hash) ?? [];
    const first = alike.find((other) => isSame(contents, kept.contents(places[other] as number)));
    if (first === undefined) {
      isFirst[rank] = 1;
      alike.push(rank);
      kinds.set(hash, alike);
    } else components.join(first, rank);
  }
  return isFirst;
}

function isSame(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

/** Joins the members of a bucket that are similar. Those of one component need not be compared with each other. */
function joinBucket(
  members: readonly number[],
  components: Components,
  isSimilar: (a: number, b: number) => boolean,
): void {
  const groups = new Map<number, number[]>();
  for (const member of members) {
    const own = components.of(member);
    const mine = groups.get(own) ?? [];
    for (const [root, others] of groups) {
      if (root === own || !others.some((other) => isSimilar(member, other))) continue;
      components.join(member, root);
      for (const other of others) mine.push(other);
      groups.delete(root);
    }
    mine.push(member);
    groups.delete(own);
    groups.set(components.of(member), mine);
  }
}

/** Disjoint sets of the numbers below `size`, by union and find. */
class Components {
  readonly #parents: Int32Array;

  constructor(size: number) {
    this.#parents = Int32Array.from({ length: size }, (_, i) => i);
  }

  /** The number that stands for the component of `x`: its least. */
  of(x: number): number {
    const parents = this.#parents;
    while (parents[x] !== x) {
      parents[x] = parents[parents[x] as number] as number;
      x = parents[x] as number;
    }
    return x;
  }

  join(x: number, y: number): void {
    const [a, b] = [this.of(x), this.of(y)];
    this.#parents[Math.max(a, b)] = Math.min(a, b);
  }

  /** The components of two or more, each ascending, and by their least. */
  groups(): number[][] {
    const groups = new Map<number, number[]>();
    for (let x = 0; x < this.#parents.length; x++) {
      const root = this.of(x);
      const group = groups.get(root);
      if (group) group.push(x);
      else groups.set(root, [x]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }
}
