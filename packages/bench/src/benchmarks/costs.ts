/** What each kind of work takes on one clock, in the kernels that do it, beside a multiply-add: the table that work is weighed by. */
import {
  Arena,
  gemm,
  nearestSignatures,
  randomStream,
  type RandomStream,
  Team,
  topK,
} from '@hashgrad/kernels';
import { bindHasher, HashTables, simHash } from '@hashgrad/lsh';
import { COST_WEIGHTS, OPERATIONS, type Operation } from '@hashgrad/sparse-nn';
import { COUNT_NAMES } from '../analysis/costs.ts';
import { significant } from '../format.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { ratio, sample, type Sample, timeFunctions, type TimingOptions } from './lib/measure.ts';
import type { BenchResult } from './lib/result.ts';

/** A layer, as the study of selectors has it, and how its units are chosen. */
export interface CostsSize {
  readonly batch: number;
  readonly inputs: number;
  /** A multiple of 4. */
  readonly units: number;
  readonly active: number;
  readonly tables: number;
  /** Units in each bucket that is asked for, the same in all tables. */
  readonly bucket: number;
}

const SIZE: CostsSize = { batch: 128, inputs: 784, units: 1000, active: 50, tables: 50, bucket: 60 };

/** Words of the shortest and the longest signatures: their difference is of words alone. */
const [FEW_WORDS, MANY_WORDS] = [1, 16];

/** Times by kind of work. */
export const costsBenchmark: Bench = defineBench({
  name: 'costs',
  description:
    'what a comparison, an addition, a word of hash bits, a bucket’s entry and a candidate take beside a multiply-add, one thread, ns: the weights by which studies add up work',
  options: {},
  run: (told) => runCosts(SIZE, told),
});

/** Times the kernels by turns. */
export async function runCosts(
  size: CostsSize,
  { onProgress }: Told,
  timing: TimingOptions = { rounds: 5, seconds: 0.3 },
): Promise<BenchResult> {
  onProgress?.('seven kernels, by turns');
  const { batch, inputs, units, tables, bucket } = size;
  using task = new CostsTask(size);
  const seconds = timeFunctions(task.functions, timing);
  const each = (name: keyof typeof seconds, operations: number): Sample =>
    sample(seconds[name].map((value) => (1e9 * value) / operations));
  const entry = scaled(
    less(each('look up, all tables', batch), each('look up, one table', batch)),
    (tables - 1) * bucket,
  );
  const nanoseconds: Record<Operation, Sample> = {
    multiplyAdds: each('product', batch * inputs * units),
    comparisons: each('top k', 2 * batch * units),
    additions: each('hadamard', batch * task.additions),
    words: scaled(
      less(each('long signatures', batch * units), each('short signatures', batch * units)),
      MANY_WORDS - FEW_WORDS,
    ),
    entries: entry,
    candidates: less(each('look up, one table', batch * bucket), entry),
  };
  const weights = OPERATIONS.map(
    (name) => [name, ratio(nanoseconds[name], nanoseconds.multiplyAdds)] as const,
  );
  return {
    unit: 'ns',
    rows: OPERATIONS.map((name) => ({
      name: COUNT_NAMES[name],
      sample: nanoseconds[name],
      baseline: name === 'multiplyAdds',
    })),
    tables: [
      {
        title: 'In multiply-adds, as measured now and as studies weigh them',
        head: ['', 'measured', 'quartiles', 'in use'],
        rows: weights.map(([name, { median, low, high }]) => [
          COUNT_NAMES[name],
          significant(median),
          `${significant(low)} – ${significant(high)}`,
          String(COST_WEIGHTS[name]),
        ]),
      },
    ],
    figures: Object.fromEntries([
      ...OPERATIONS.map((name) => [`${FIGURES[name]}_ns`, nanoseconds[name]] as const),
      ...weights.slice(1).map(([name, weight]) => [`${FIGURES[name]}_weight`, weight] as const),
    ]),
    notes: [
      'A multiply-add is one of a dense product, a comparison one of the two passes of the exact top k over a number, an ' +
        'addition one of a Hadamard transform with the signs read off, a word what longer signatures take more, an entry what ' +
        'more tables take more, and a candidate the rest of a look-up.',
    ],
  };
}

const FIGURES: Readonly<Record<Operation, string>> = {
  multiplyAdds: 'multiply_add',
  comparisons: 'comparison',
  additions: 'addition',
  words: 'word',
  entries: 'entry',
  candidates: 'candidate',
};

/** A difference of times, with the range in which it may be. */
function less(a: Sample, b: Sample): Sample {
  return {
    median: a.median - b.median,
    low: a.low - b.high,
    high: a.high - b.low,
    count: Math.min(a.count, b.count),
  };
}

/** A time by so many. */
function scaled({ median, low, high, count }: Sample, by: number): Sample {
  return { median: median / by, low: low / by, high: high / by, count };
}

/** What the kernels work on. */
class CostsTask implements Disposable {
  readonly #arena = new Arena();
  readonly #team = Team.single(this.#arena);
  readonly #random: RandomStream = randomStream(1, 'costs benchmark');
  readonly #size: CostsSize;
  readonly functions: Readonly<
    Record<
      | 'product'
      | 'top k'
      | 'hadamard'
      | 'short signatures'
      | 'long signatures'
      | 'look up, one table'
      | 'look up, all tables',
      () => void
    >
  >;
  /** Of hashing one vector. */
  readonly additions: number;

  constructor(size: CostsSize) {
    this.#size = size;
    const hadamard = this.#hadamard();
    this.additions = hadamard.additions;
    this.functions = {
      product: this.#product(),
      'top k': this.#topK(),
      hadamard: hadamard.run,
      'short signatures': this.#signatures(FEW_WORDS),
      'long signatures': this.#signatures(MANY_WORDS),
      'look up, one table': this.#lookUp(1),
      'look up, all tables': this.#lookUp(size.tables),
    };
  }

  [Symbol.dispose](): void {
    this.#team[Symbol.dispose]();
    this.#arena[Symbol.dispose]();
  }

  #normals(count: number): Float32Array {
    const values = this.#arena.float32(count);
    for (let i = 0; i < count; i++) values[i] = this.#random.normal();
    return values;
  }

  /** The outputs of a dense layer. */
  #product(): () => void {
    const { batch, inputs, units } = this.#size;
    const product = {
      out: this.#arena.float32(batch * units),
      outStride: units,
      a: { values: this.#normals(batch * inputs), row: inputs, column: 1 },
      b: { values: this.#normals(units * inputs), row: 1, column: inputs },
      rows: batch,
      columns: units,
      depth: inputs,
    };
    return () => gemm(this.#team, product);
  }

  #topK(): () => void {
    const { batch, units, active } = this.#size;
    const ids = this.#arena.int32(batch * active);
    const chosen = { ids, values: this.#normals(batch * units), stride: units, width: units, k: active };
    return () => topK(this.#team, chosen, batch);
  }

  #hadamard(): { readonly run: () => void; readonly additions: number } {
    const { batch, inputs, tables } = this.#size;
    const family = simHash({ bits: 4, tables, projection: 'hadamard' });
    const team = this.#team;
    const hasher = bindHasher(family, { dimensions: inputs, tailWidth: 0, seed: 1, team });
    const vectors = { values: this.#normals(batch * inputs), stride: inputs, width: inputs };
    const target = { codes: this.#arena.uint32(batch * tables), stride: batch };
    const { additions } = hasher.operations(inputs);
    return { run: () => hasher.hash(vectors, batch, target), additions: additions as number };
  }

  #signatures(words: number): () => void {
    const { batch, units, active } = this.#size;
    const bits = (count: number): Uint32Array => {
      const all = this.#arena.uint32(2 * words * count);
      for (let i = 0; i < all.length; i++) all[i] = this.#random.integer(2 ** 32);
      return all;
    };
    const cosines = this.#arena.float32(64 * words + 1);
    for (let d = 0; d < cosines.length; d++) cosines[d] = Math.cos((Math.PI * d) / (64 * words));
    const ids = this.#arena.int32(batch * active);
    const signed = { signatures: bits(units), queries: bits(batch), words };
    const scored = { norms: this.#arena.float32(units).fill(1000), cosines, units, k: active };
    return () => nearestSignatures(this.#team, { ids, ...signed, ...scored }, batch);
  }

  /** Every query finds the same `bucket` units, spread over the layer, in each table. */
  #lookUp(count: number): () => void {
    const { batch, units, active, bucket } = this.#size;
    const buckets = 16;
    const tables = new HashTables({ items: units, tables: count, buckets, team: this.#team });
    const every = Math.floor(units / bucket);
    const codes = this.#arena.uint32(units * count);
    for (let i = 0; i < codes.length; i++) {
      const unit = i % units;
      const met = unit % every === 0 && unit / every < bucket;
      codes[i] = met ? 0 : 1 + this.#random.integer(buckets - 1);
    }
    tables.build(codes);
    const asked = this.#arena.uint32(batch * count);
    const ids = this.#arena.int32(batch * active);
    const result = { ids, lengths: this.#arena.int32(batch), candidates: this.#arena.int32(batch) };
    return () => tables.query(asked, batch, { limit: active, ascending: true }, result);
  }
}
