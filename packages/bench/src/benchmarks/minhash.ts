/** An index of sets against MinHash in plain TypeScript, and what it finds against an exact Jaccard join. */
import { type RandomStream, randomStream } from '@hashgrad/kernels';
import { MinHashIndex, shingles } from '@hashgrad/lsh';
import { count, thousands } from '../format.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { countOption } from './lib/options.ts';
import { alternate, ratio, sample, type Sample } from './lib/measure.ts';
import { exactJoin, type PlainPair, PlainMinHash } from './baselines/plain-minhash.ts';
import { type BenchResult, type BenchRow, within } from './lib/result.ts';

/** Texts, and how long they are. */
export interface MinHashSize {
  readonly texts: number;
  readonly words: readonly [number, number];
  /** How often each thing is measured. */
  readonly rounds: number;
}

const SIZE: MinHashSize = { texts: 20_000, words: [50, 150], rounds: 3 };

/** The similarity from which texts are near-duplicates. */
const THRESHOLD = 0.7;
/** Words that texts are made of, the one of rank r with a frequency of 1 / r. */
const VOCABULARY = 50_000;
/** Of the texts, those that are copies of an earlier one with words changed, and the most that are. */
const COPIES = 0.3;
const MOST_CHANGED = 0.15;

export const minHashBenchmark: Bench = defineBench<{ readonly texts: number }>({
  name: 'minhash',
  description: `near-duplicates among ${thousands(SIZE.texts)} texts by MinHashIndex and in plain TypeScript, one thread, sets a second, recall and precision`,
  options: { texts: countOption('texts', 'texts that are indexed', SIZE.texts) },
  run: ({ texts, ...told }) => runMinHash({ ...SIZE, texts }, told),
});

/** Runs it; texts are shingles of three words. */
export async function runMinHash(size: MinHashSize, { onProgress }: Told): Promise<BenchResult> {
  const sets = textsOf(size).map((text) => shingles(text, { unit: 'words', size: 3 }));
  const elements = sets.reduce((sum, set) => sum + set.size, 0);
  onProgress?.(`${count(sets.length)} sets of ${Math.round(elements / sets.length)} elements`);
  const exact = exactJoin(sets, THRESHOLD);
  const task = new MinHashTask(sets);
  const values = await alternate(task.runs(), size.rounds, (name, round, value) => {
    onProgress?.(`${name}, round ${round}: ${count(Math.round(value))} sets/s`);
  });
  const rows = Object.entries(values).map(([name, measured]): BenchRow => {
    const [group = ''] = name.split(', ');
    return { name, sample: sample(measured), group, baseline: name.endsWith('plain TypeScript') };
  });
  const over = (ours: keyof typeof values, plain: keyof typeof values): Sample =>
    ratio(sample(values[ours]), sample(values[plain]));
  const { found, bytes, hashes, tables, law } = task.found(exact);
  const known = new Map(exact.map((pair) => [`${pair.a} ${pair.b}`, pair.similarity]));
  const right = found.filter(({ a, b, similarity }) => known.get(`${a} ${b}`) === similarity).length;
  const recall = right / exact.length;
  const precision = right / found.length;
  return {
    unit: 'sets/s',
    rows,
    tables: [
      {
        title: `Pairs of similarity ${THRESHOLD} or more`,
        head: ['', 'pairs', 'recall', 'by the law', 'precision'],
        rows: [
          ['exact join', String(exact.length), '1', '', '1'],
          ['MinHashIndex', String(found.length), recall.toFixed(4), law.toFixed(4), precision.toFixed(4)],
        ],
      },
    ],
    figures: {
      minhash_add_ratio: over('add, MinHashIndex', 'add, plain TypeScript'),
      minhash_query_ratio: over('query, MinHashIndex', 'query, plain TypeScript'),
      minhash_recall: within(recall, 0.01),
      minhash_law: within(law, 0.01),
      minhash_precision: within(precision, 0.01),
      minhash_bytes_per_set: within(bytes / sets.length, 0.01),
    },
    notes: [
      `Both have ${tables} tables of ${hashes} minima each, hash strings alike, and compare what shares a bucket exactly.`,
      'add: all sets, from Sets of strings; pairs: the sets whose pairs are listed; query: one set at a time.',
    ],
  };
}

class MinHashTask {
  readonly #sets: readonly ReadonlySet<string>[];
  readonly #index = new MinHashIndex<number>({ threshold: THRESHOLD });
  readonly #plain: PlainMinHash;

  constructor(sets: readonly ReadonlySet<string>[]) {
    this.#sets = sets;
    this.#index.addAll(sets);
    this.#plain = this.#newPlain();
    for (const set of sets) this.#plain.add(set);
  }

  runs(): Record<
    `${'add' | 'query' | 'pairs'}, MinHashIndex` | `${'add' | 'query'}, plain TypeScript`,
    () => Promise<number>
  > {
    const sets = this.#sets;
    const measured = (run: () => void) => (): Promise<number> => {
      const start = performance.now();
      run();
      return Promise.resolve((1000 * sets.length) / (performance.now() - start));
    };
    return {
      'add, MinHashIndex': measured(() => {
        using index = new MinHashIndex({ threshold: THRESHOLD });
        index.addAll(sets);
      }),
      'add, plain TypeScript': measured(() => {
        const plain = this.#newPlain();
        for (const set of sets) plain.add(set);
      }),
      'query, MinHashIndex': measured(() => {
        for (const set of sets) this.#index.query(set);
      }),
      'query, plain TypeScript': measured(() => {
        for (const set of sets) this.#plain.query(set, THRESHOLD);
      }),
      'pairs, MinHashIndex': measured(() => {
        let pairs = 0;
        for (const _ of this.#index.pairs()) pairs++;
        if (pairs === 0) throw new Error('There are no pairs to list.');
      }),
    };
  }

  /** What the index lists, and what its law says of the pairs that there are. */
  found(exact: readonly PlainPair[]): {
    found: PlainPair[];
    bytes: number;
    hashes: number;
    tables: number;
    law: number;
  } {
    const index = this.#index;
    const law = exact.reduce((sum, { similarity }) => sum + index.recall(similarity), 0) / exact.length;
    const { hashes, tables } = index;
    return { found: [...index.pairs()], bytes: index.memoryUsage(), hashes, tables, law };
  }

  #newPlain(): PlainMinHash {
    const { hashes, tables } = this.#index;
    return new PlainMinHash(hashes, tables, randomStream(1, 'plain minhash'));
  }
}

function textsOf({ texts, words: [least, most] }: MinHashSize): string[] {
  const random = randomStream(1, 'minhash benchmark');
  const made: string[][] = [];
  for (let i = 0; i < texts; i++) {
    if (i > 0 && random.uniform() < COPIES) {
      const share = MOST_CHANGED * random.uniform();
      const copied = made[random.integer(i)] as string[];
      made.push(copied.map((word) => (random.uniform() < share ? wordOf(random) : word)));
    } else {
      made.push(Array.from({ length: least + random.integer(most - least + 1) }, () => wordOf(random)));
    }
  }
  return made.map((text) => text.join(' '));
}

function wordOf(random: RandomStream): string {
  return `w${Math.floor(VOCABULARY ** random.uniform())}`;
}
