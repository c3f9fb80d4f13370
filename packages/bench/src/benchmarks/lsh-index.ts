/** LshIndex beside an exact scan and a textbook's SimHash, both in plain TypeScript: building, changing and asking. */
import { generateVectors } from '@hashgrad/datasets';
import { LshIndex, simHash } from '@hashgrad/lsh';
import { count, thousands } from '../format.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { vectorsOption } from './lib/options.ts';
import { alternate, ratio, sample, type Sample, timeFunctions, type TimingOptions } from './lib/measure.ts';
import { plainScan, TextbookSimHash } from './baselines/plain-simhash.ts';
import { type BenchResult, type BenchRow, within } from './lib/result.ts';

export interface LshIndexSize {
  readonly vectors: number;
  readonly dimensions: number;
  readonly queries: number;
  /** Of the SimHash that both write. */
  readonly bits: number;
  readonly tables: number;
}

const SIZE: LshIndexSize = { vectors: 20_000, dimensions: 128, queries: 200, bits: 12, tables: 32 };
/** Hits that are asked for. */
const LIMIT = 10;

export const lshIndexBenchmark: Bench = defineBench<{ readonly vectors: number }>({
  name: 'lsh-index',
  description: `LshIndex on ${thousands(SIZE.vectors)} x ${SIZE.dimensions} vectors in clusters: building, adding, replacing and asking, beside an exact scan and a textbook’s SimHash in plain TypeScript, ms`,
  options: { vectors: vectorsOption(SIZE.vectors) },
  run: ({ vectors, ...told }) => runLshIndex({ ...SIZE, vectors }, told),
});

export async function runLshIndex(
  size: LshIndexSize,
  { onProgress = () => undefined }: Told,
  timing: TimingOptions = {},
): Promise<BenchResult> {
  using task = new LshIndexTask(size);
  onProgress('building, by turns');
  const builds = await alternate(task.builds(), timing.rounds ?? 3);
  onProgress('recall');
  const recalls = task.recalls();
  const groups = task.calls();
  onProgress('adding, updating and asking, by turns');
  const functions = Object.fromEntries(
    Object.entries(groups).flatMap(([group, own]) =>
      Object.entries(own).map(([name, run]) => [`${group}, ${name}`, run] as const),
    ),
  );
  const seconds = timeFunctions(functions, timing);
  const all: Readonly<Record<string, readonly number[]>> = {
    ...Object.fromEntries(Object.entries(builds).map(([name, values]) => [`build, ${name}`, values])),
    ...seconds,
  };
  const rows = Object.entries(all).map(([name, values]): BenchRow => ({
    name,
    sample: sample(values.map((value) => 1000 * value)),
    baseline: name.endsWith(TEXTBOOK),
    group: name.split(',')[0] ?? '',
  }));
  const samples = new Map(rows.map((row) => [row.name, row.sample]));
  const over = (group: string, name: string, baseline: string): Sample =>
    ratio(samples.get(`${group}, ${baseline}`) as Sample, samples.get(`${group}, ${name}`) as Sample);
  return {
    unit: 'ms',
    compare: 'speed-up',
    rows,
    tables: [
      {
        title: `Share of the true ${LIMIT} nearest that are found`,
        head: ['', 'recall'],
        rows: Object.entries(recalls).map(([name, recall]) => [name, recall.toFixed(3)]),
      },
    ],
    figures: {
      build_ratio: over('build', SAME, TEXTBOOK),
      add_ratio: over('add', SAME, TEXTBOOK),
      update_ratio: over('update', SAME, TEXTBOOK),
      query_ratio: over('query', SAME, TEXTBOOK),
      default_query_ratio: over('query', DEFAULT, TEXTBOOK),
      scan_query_ratio: over('query', DEFAULT, SCAN),
      default_recall: within(recalls[DEFAULT] as number, 0.01),
    },
    notes: [
      `build: ${count(size.vectors)} vectors at once; add, update and query: one.`,
      `${TEXTBOOK} and ${SAME} have ${size.bits} bits and ${size.tables} tables; ${DEFAULT} is what LshIndex takes by itself, ` +
        `${task.family}.`,
    ],
  };
}

const TEXTBOOK = 'textbook SimHash';
const SAME = 'LshIndex, the same SimHash';
const DEFAULT = 'LshIndex, its default';
const SCAN = 'plain exact scan';

class LshIndexTask implements Disposable {
  readonly #size: LshIndexSize;
  readonly #vectors: Float32Array;
  readonly #queries: Float32Array[];
  readonly #same: LshIndex<'cosine'>;
  readonly #default: LshIndex<'cosine'>;
  readonly #textbook: TextbookSimHash;

  constructor(size: LshIndexSize) {
    this.#size = size;
    const { vectors, queries, dimensions } = size;
    const corpus = generateVectors('clustered', { vectors, queries, dimensions, seed: 1 });
    this.#vectors = corpus.vectors;
    this.#queries = Array.from({ length: queries }, (_, s) =>
      corpus.queries.subarray(s * dimensions, (s + 1) * dimensions),
    );
    this.#same = this.#make(SAME);
    this.#default = this.#make(DEFAULT);
    this.#textbook = new TextbookSimHash(size);
    for (const index of [this.#same, this.#default]) index.add(this.#vectors);
    for (let id = 0; id < vectors; id++) this.#textbook.add(id, this.#vector(id));
  }

  /** The default family, for the notes. */
  get family(): string {
    return JSON.stringify(this.#default.family);
  }

  /** Seconds of building each. */
  builds(): Record<string, () => Promise<number>> {
    const ours = (name: string) => () => {
      using index = this.#make(name);
      return timed(() => index.add(this.#vectors));
    };
    return {
      [TEXTBOOK]: () => {
        const index = new TextbookSimHash(this.#size);
        return timed(() => {
          for (let id = 0; id < this.#size.vectors; id++) index.add(id, this.#vector(id));
        });
      },
      [SAME]: ours(SAME),
      [DEFAULT]: ours(DEFAULT),
    };
  }

  recalls(): Record<string, number> {
    const truth = this.#queries.map((query) => plainScan(this.#vectors, query, LIMIT));
    const share = (found: (query: Float32Array) => Iterable<number>): number => {
      let hits = 0;
      for (const [s, query] of this.#queries.entries()) {
        const ids = new Set(found(query));
        for (const { id } of truth[s] ?? []) if (ids.has(id)) hits++;
      }
      return hits / (LIMIT * this.#queries.length);
    };
    return {
      [TEXTBOOK]: share((query) => this.#textbook.query(query, LIMIT).map(({ id }) => id)),
      [SAME]: share((query) => this.#same.query(query, { limit: LIMIT }).ids),
      [DEFAULT]: share((query) => this.#default.query(query, { limit: LIMIT }).ids),
    };
  }

  /** What is timed, by group. Each change is followed by what undoes it, so that the index stays as large as it is. */
  calls(): Record<string, Record<string, () => void>> {
    const { vectors } = this.#size;
    let at = 0;
    const next = (): number => (at = (at + 7919) % vectors);
    const query = (): Float32Array => this.#queries[next() % this.#queries.length] as Float32Array;
    const updating = (index: LshIndex) => () => index.update([next()], this.#vector(next()));
    const adding = (index: LshIndex) => () => index.remove(index.add(this.#vector(next())));
    const asking = (index: LshIndex) => () => index.query(query(), { limit: LIMIT });
    let added = vectors;
    return {
      add: {
        // Without removing, which the textbook leaves out.
        [TEXTBOOK]: () => this.#textbook.add(added++, this.#vector(next())),
        [SAME]: adding(this.#same),
        [DEFAULT]: adding(this.#default),
      },
      update: {
        [TEXTBOOK]: () => this.#textbook.update(next(), this.#vector(next())),
        [SAME]: updating(this.#same),
        [DEFAULT]: updating(this.#default),
      },
      query: {
        [SCAN]: () => plainScan(this.#vectors, query(), LIMIT),
        [TEXTBOOK]: () => this.#textbook.query(query(), LIMIT),
        [SAME]: asking(this.#same),
        [DEFAULT]: asking(this.#default),
      },
    };
  }

  [Symbol.dispose](): void {
    this.#same.close();
    this.#default.close();
  }

  #make(name: string): LshIndex<'cosine'> {
    const { dimensions, bits, tables, vectors } = this.#size;
    const shared = { dimensions, metric: 'cosine' } as const;
    if (name === DEFAULT) return new LshIndex({ ...shared, expected: vectors });
    return new LshIndex({ ...shared, family: simHash({ bits, tables, projection: 'hadamard' }) });
  }

  #vector(id: number): Float32Array {
    const { dimensions } = this.#size;
    return this.#vectors.subarray(id * dimensions, (id + 1) * dimensions);
  }
}

/** Seconds that it takes. */
function timed(run: () => void): Promise<number> {
  const start = performance.now();
  run();
  return Promise.resolve((performance.now() - start) / 1000);
}
