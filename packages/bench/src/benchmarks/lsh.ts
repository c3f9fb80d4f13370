/** Hashing by every family, building tables and asking them, against the same in plain TypeScript. */
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { bindHasher, HashTables, simHash } from '@hashgrad/lsh';
import { count, thousands } from '../format.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { ratio, sample, type Sample, timeFunctions, type TimingOptions } from './lib/measure.ts';
import { measureHashFamilies } from './hash-families.ts';
import { MapTables, plainBuild } from './baselines/plain-lsh.ts';
import type { BenchResult, BenchRow } from './lib/result.ts';

export interface LshSize {
  readonly items: number;
  readonly width: number;
  readonly bits: number;
  readonly tables: number;
  /** Queries that are asked at a time, and ids that each gets. */
  readonly queries: number;
  readonly limit: number;
  /** Items that are given new codes at a time. */
  readonly changes: number;
}

/** SLIDE's parameters for SimHash, and as many items as the wide benchmark has labels. */
const SIZE: LshSize = {
  items: 100_000,
  width: 128,
  bits: 9,
  tables: 50,
  queries: 32,
  limit: 1000,
  changes: 100,
};

export const lshBenchmark: Bench = defineBench({
  name: 'lsh',
  description: `hashing by every family, vectors a second; building ${SIZE.tables} tables of ${thousands(SIZE.items)} items, look-ups and changes of them, ms; against plain TypeScript, one thread`,
  options: {},
  async run({ onProgress }) {
    const tables = await runLsh(SIZE, onProgress === undefined ? {} : { onProgress });
    const families = await measureHashFamilies(onProgress === undefined ? {} : { onProgress });
    return {
      ...tables,
      tables: [...(tables.tables ?? []), ...families.tables],
      figures: { ...families.figures, ...tables.figures },
      notes: [...(tables.notes ?? []), ...families.notes],
    };
  },
});

/** The functions that are compared, by group. */
interface Comparison {
  readonly group: string;
  /** How often one call does what the row is about: its time is for one. */
  readonly times: number;
  readonly functions: Readonly<Record<string, () => void>>;
  /** Of them, what is to be beaten. */
  readonly baseline: string;
}

export async function runLsh(
  size: LshSize,
  { onProgress }: Told,
  timing: TimingOptions = {},
): Promise<BenchResult> {
  onProgress?.(`hashing ${count(size.items)} vectors to have what to compare`);
  const task = new LshTask(size);
  const comparisons = [task.building(), task.asking(), task.changing()];
  const functions = Object.fromEntries(
    comparisons.flatMap(({ group, functions: own }) =>
      Object.entries(own).map(([name, run]) => [`${group}, ${name}`, run] as const),
    ),
  );
  onProgress?.(`${Object.keys(functions).length} functions, by turns`);
  const seconds = timeFunctions(functions, timing);
  const rows = comparisons.flatMap(({ group, functions: own, times, baseline }) =>
    Object.keys(own).map((name): BenchRow => {
      const title = `${group}, ${name}`;
      const each = (seconds[title] as number[]).map((value) => (1000 * value) / times);
      return { name: title, sample: sample(each), baseline: name === baseline, group };
    }),
  );
  const samples = new Map(rows.map((row) => [row.name, row.sample]));
  const over = (slow: string, fast: string): Sample =>
    ratio(samples.get(slow) as Sample, samples.get(fast) as Sample);
  return {
    unit: 'ms',
    compare: 'speed-up',
    rows,
    figures: {
      table_build_ratio: over('build, plain TypeScript', 'build, HashTables'),
      lookup_ratio: over('look up, maps', 'look up, HashTables'),
      edited_lookup_ratio: over('look up, maps', 'look up, edited'),
      update_ratio: over('change, rebuild', 'change, update'),
    },
    notes: [
      `build: all tables from their codes, ${count(2 ** size.bits)} buckets each, the codes checked; plain TypeScript is a counting sort.`,
      `look up: one query, ranked by collisions, ${count(size.limit)} ids of ${count(Math.round(task.candidates))} candidates.`,
      `change: ${count(size.changes)} items get new codes; rebuild builds all tables instead.`,
    ],
  };
}

class LshTask {
  readonly #size: LshSize;
  readonly #team = Team.single(new Arena());
  readonly #items: Float32Array;
  readonly #codes: Uint32Array;
  readonly #tables: HashTables;
  readonly #asked: Uint32Array;

  constructor(size: LshSize) {
    this.#size = size;
    const { arena } = this.#team;
    const { items, width, bits, tables, queries } = size;
    const random = randomStream(1, 'lsh benchmark');
    this.#items = arena.float32(items * width);
    for (let i = 0; i < this.#items.length; i++) this.#items[i] = random.normal();
    const asked = arena.float32(queries * width);
    for (let i = 0; i < asked.length; i++) asked[i] = (this.#items[i] as number) + random.normal();
    using hasher = this.#hasher();
    this.#codes = arena.uint32(items * tables);
    this.#asked = arena.uint32(queries * tables);
    hasher.hash({ values: this.#items, stride: width, width }, items, { codes: this.#codes, stride: items });
    hasher.hash({ values: asked, stride: width, width }, queries, { codes: this.#asked, stride: queries });
    this.#tables = new HashTables({ items, tables, buckets: 2 ** bits, team: this.#team });
    this.#tables.build(this.#codes);
  }

  /** Of a query, after some were asked. */
  get candidates(): number {
    return this.#tables.statistics().candidatesPerQuery;
  }

  building(): Comparison {
    const { items, tables, bits } = this.#size;
    const buckets = 2 ** bits;
    const own = new HashTables({ items, tables, buckets, team: this.#team });
    const codes = this.#codes.slice();
    const starts = new Int32Array(tables * (buckets + 1));
    const ids = new Int32Array(tables * items);
    return {
      group: 'build',
      times: 1,
      baseline: 'plain TypeScript',
      functions: {
        'plain TypeScript': () => plainBuild(codes, { items, tables, buckets }, starts, ids),
        HashTables: () => own.build(this.#codes),
      },
    };
  }

  asking(): Comparison {
    const { items, tables, queries, limit, bits } = this.#size;
    const { arena } = this.#team;
    const maps = new MapTables(this.#codes, items);
    const byQuery = Array.from({ length: queries }, (_, s) =>
      Array.from({ length: tables }, (_unused, t) => this.#asked[t * queries + s] as number),
    );
    const result = {
      ids: arena.int32(queries * limit),
      lengths: arena.int32(queries),
      candidates: arena.int32(queries),
    };
    // The same items, half of which came one by one.
    const edited = new HashTables({ items, tables, buckets: 2 ** bits, editable: true, team: this.#team });
    edited.build(this.#codes);
    for (let id = 0; id < items; id += 2) this.#reinsert(edited, id);
    return {
      group: 'look up',
      times: queries,
      baseline: 'maps',
      functions: {
        maps: () => {
          for (const codes of byQuery) sink = maps.query(codes, limit);
        },
        HashTables: () => this.#tables.query(this.#asked, queries, { limit }, result),
        edited: () => edited.query(this.#asked, queries, { limit }, result),
      },
    };
  }

  changing(): Comparison {
    const { items, tables, bits, changes } = this.#size;
    const { arena } = this.#team;
    const index = new HashTables({ items, tables, buckets: 2 ** bits, editable: true, team: this.#team });
    index.build(this.#codes);
    const random = randomStream(3, 'lsh benchmark');
    const ids = arena.int32(changes);
    const given = arena.uint32(changes * tables);
    for (let i = 0; i < changes; i++) ids[i] = random.integer(items);
    for (let i = 0; i < given.length; i++) given[i] = random.integer(2 ** bits);
    return {
      group: 'change',
      times: 1,
      baseline: 'rebuild',
      functions: {
        rebuild: () => this.#tables.build(this.#codes),
        update: () => {
          // Other codes at each call: what is as it was costs nothing.
          for (let i = 0; i < given.length; i++) given[i] = ((given[i] as number) + 97) % 2 ** bits;
          index.update(ids, given);
        },
      },
    };
  }

  #reinsert(index: HashTables, id: number): void {
    const { items, tables } = this.#size;
    const { arena } = this.#team;
    const ids = arena.int32(1);
    const codes = arena.uint32(tables);
    ids[0] = id;
    for (let t = 0; t < tables; t++) codes[t] = this.#codes[t * items + id] as number;
    index.remove(ids);
    index.insert(ids, codes);
    arena.free(ids);
    arena.free(codes);
  }

  #hasher(): ReturnType<typeof bindHasher> {
    const { width: dimensions, bits, tables } = this.#size;
    return bindHasher(simHash({ bits, tables }), { dimensions, tailWidth: 0, seed: 1, team: this.#team });
  }
}

/** Takes results, so that the compiler cannot leave the work out. @public */
export let sink: unknown;
