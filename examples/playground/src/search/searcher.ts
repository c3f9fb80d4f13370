/** One collection of vectors, searched exactly and by hashing. */
import { LshIndex } from '@hashgrad/lsh';
import { ExactIndex, MipsIndex, recall } from '@hashgrad/mips';
import { type Collection, type SearchMetric, type Way, WAYS, type WayResult } from './messages.ts';
import type { NamedVectors } from './vectors.ts';

/** Results of a search. */
const K = 10;

/** How often each way has a turn, and its milliseconds: long enough for a clock of coarse ticks. */
const ROUNDS = 5;
const TURN = 2;

interface Found {
  readonly ids: Uint32Array;
  readonly scores: Float32Array;
}

type Search = (query: Float32Array) => Found;

export class Searcher implements Disposable {
  readonly metric: SearchMetric;
  readonly #named: NamedVectors;
  readonly #vectors: Float32Array;
  readonly #indexes: readonly Disposable[];
  readonly #searches: Readonly<Record<Way, Search>>;
  readonly #numbers: ReadonlyMap<string, number> | undefined;

  /** Takes a while: all vectors are hashed. */
  constructor(named: NamedVectors, metric: SearchMetric) {
    const { dimensions, words } = named;
    this.metric = metric;
    this.#named = named;
    this.#vectors = metric === 'cosine' ? normalized(named) : named.vectors;
    // Of words that come twice the first, which is the more frequent one.
    this.#numbers = words && new Map(words.map((word, i): [string, number] => [word, i]).toReversed());
    const exact = new ExactIndex({ dimensions });
    const mips = new MipsIndex({ dimensions });
    const lsh = new LshIndex({ dimensions, metric, expected: named.size });
    this.#indexes = [exact, mips, lsh];
    for (const index of [exact, mips, lsh]) index.add(this.#vectors);
    this.#searches = {
      exact: (query) => exact.search(query, K + 1),
      mips: (query) => mips.search(query, K + 1),
      lsh: (query) => {
        const hits = lsh.query(query, { limit: K + 1 });
        return { ids: hits.ids, scores: 'scores' in hits ? hits.scores : hits.similarities };
      },
    };
  }

  get collection(): Collection {
    const { name, size, dimensions, cut, words } = this.#named;
    return { name, size, dimensions, cut, named: words !== undefined };
  }

  /** The word of a text, or else the first words that begin with it, in the order of the file. */
  complete(text: string): readonly string[] {
    const { words, size } = this.#named;
    const wanted = text.trim();
    if (!words)
      return /^#?\d+$/.test(wanted) && Number(wanted.replace('#', '')) < size
        ? [wanted.replace(/^#?/, '#')]
        : [];
    if (wanted === '') return [];
    const [exact, lower] = [wanted, wanted.toLowerCase()].filter((word) => this.#numbers!.has(word));
    const found = exact ?? lower;
    const others: string[] = [];
    for (const word of words) {
      if (others.length === 8) break;
      if (word !== found && word.startsWith(wanted.toLowerCase())) others.push(word);
    }
    return found === undefined ? others : [found, ...others];
  }

  /** Searches for what is nearest to a word, in all ways, and tells how long each takes. */
  search(word: string): WayResult[] {
    const own = this.#numbers ? this.#numbers.get(word)! : Number(word.slice(1));
    const { dimensions } = this.#named;
    const query = this.#vectors.slice(own * dimensions, (own + 1) * dimensions);
    const found = timedByTurns(this.#searches, query);
    // The word itself is nearest, and no news.
    const lists = found.map(({ ids }) =>
      Array.from(ids)
        .filter((id) => id !== own)
        .slice(0, K),
    );
    const [truth] = lists as [number[]];
    return found.map(({ way, ids, scores, milliseconds }, w) => {
      const hits = lists[w]!.map((id) => ({
        word: this.#named.words?.[id] ?? `#${id}`,
        score: scores[ids.indexOf(id)]!,
        best: w === 0 ? lists.slice(1).every((list) => list.includes(id)) : truth.includes(id),
      }));
      return { way, hits, milliseconds, recall: recall(lists[w]!, truth) };
    });
  }

  [Symbol.dispose](): void {
    for (const index of this.#indexes) index[Symbol.dispose]();
  }
}

/** The same vectors, of length 1; zeros stay. */
function normalized({ vectors, dimensions, size }: NamedVectors): Float32Array {
  const made = vectors.slice();
  for (let i = 0; i < size; i++) {
    const row = made.subarray(i * dimensions, (i + 1) * dimensions);
    const length = Math.hypot(...row);
    if (length > 0) for (let c = 0; c < dimensions; c++) row[c]! /= length;
  }
  return made;
}

interface Timed extends Found {
  readonly way: Way;
  readonly milliseconds: number;
}

/**
 * What each way finds, and the time that it takes: the median of some rounds. The ways take turns, so that what slows this device
 * slows all of them.
 */
function timedByTurns(searches: Readonly<Record<Way, Search>>, query: Float32Array): Timed[] {
  // The first one also warms up.
  const found = WAYS.map((way) => ({ way, ...searches[way](query), rounds: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { way, rounds } of found) {
      const start = performance.now();
      let [taken, count] = [0, 0];
      for (; taken < TURN; taken = performance.now() - start, count++) searches[way](query);
      rounds.push(taken / count);
    }
  }
  const middle = Math.floor(ROUNDS / 2);
  return found.map(({ rounds, ...each }) => ({
    ...each,
    milliseconds: rounds.toSorted((a, b) => a - b)[middle]!,
  }));
}
