/** How fast every hash family hashes a batch: against plain TypeScript, and against what the machine could do. */
import { Arena, gemm, randomStream, Team } from '@hashgrad/kernels';
import {
  bindHasher,
  crossPolytope,
  doph,
  dwta,
  type FamilySpec,
  minHash,
  pStable,
  simHash,
  weightedMinHash,
  wta,
  sumOperations,
} from '@hashgrad/lsh';
import { significant } from '../format.ts';
import { measureBandwidth } from './lib/bandwidth.ts';
import { ratio, sample, timeFunctions } from './lib/measure.ts';
import {
  plainCrossPolytope,
  plainDoph,
  plainDwta,
  plainHadamard,
  type PlainHash,
  plainMinHash,
  plainPStable,
  type PlainShape,
  plainSimHash,
  plainTernary,
  plainWeightedMinHash,
  plainWta,
} from './baselines/plain-hashes.ts';
import type { BenchResult, BenchTable, Figure } from './lib/result.ts';

/** Codes and vectors to hash. */
interface Shape {
  readonly hashes: number;
  readonly tables: number;
  readonly dimensions: number;
}

const SHAPES: readonly Shape[] = [
  { hashes: 9, tables: 50, dimensions: 128 },
  { hashes: 9, tables: 50, dimensions: 784 },
  { hashes: 6, tables: 5, dimensions: 128 },
  { hashes: 6, tables: 5, dimensions: 784 },
];

interface Family {
  /** As in the figures. */
  readonly key: string;
  readonly spec: (shape: Shape, bits: number) => FamilySpec;
  readonly plain: (shape: PlainShape) => PlainHash;
  /** What it hashes: vectors of normals, or of non-negative numbers of which three in four are 0. */
  readonly input: 'dense' | 'weights';
  /** What one of its multiply-adds is. */
  readonly operation: string;
}

const bitsOf = ({ hashes: bits, tables }: Shape): { bits: number; tables: number } => ({ bits, tables });

const FAMILIES: readonly Family[] = [
  {
    key: 'simhash',
    spec: (shape) => simHash(bitsOf(shape)),
    plain: plainSimHash,
    input: 'dense',
    operation: 'multiply-adds',
  },
  {
    key: 'simhash_sparse',
    spec: (shape) => simHash({ ...bitsOf(shape), projection: 'sparse' }),
    plain: plainTernary,
    input: 'dense',
    operation: 'additions',
  },
  {
    key: 'simhash_hadamard',
    spec: (shape) => simHash({ ...bitsOf(shape), projection: 'hadamard' }),
    plain: plainHadamard,
    input: 'dense',
    operation: 'additions',
  },
  {
    key: 'crosspolytope',
    spec: (shape) => crossPolytope(bitsOf(shape)),
    plain: plainCrossPolytope,
    input: 'dense',
    operation: 'additions, comparisons',
  },
  {
    key: 'pstable',
    spec: ({ hashes, tables }, bits) => pStable({ hashes, tables, width: 4, cells: 2 ** bits }),
    plain: plainPStable,
    input: 'dense',
    operation: 'multiply-adds',
  },
  {
    key: 'wta',
    spec: ({ hashes, tables }, bits) => wta({ hashes, tables, binSize: 2 ** bits }),
    plain: plainWta,
    input: 'dense',
    operation: 'comparisons',
  },
  {
    key: 'dwta',
    spec: ({ hashes, tables }, bits) => dwta({ hashes, tables, binSize: 2 ** bits }),
    plain: plainDwta,
    input: 'dense',
    operation: 'comparisons',
  },
  {
    key: 'minhash',
    spec: ({ hashes, tables }, bits) => minHash({ hashes, tables, bits }),
    plain: plainMinHash,
    input: 'weights',
    operation: 'comparisons',
  },
  {
    key: 'doph',
    spec: ({ hashes, tables }, bits) => doph({ hashes, tables, bits }),
    plain: plainDoph,
    input: 'weights',
    operation: 'comparisons',
  },
  {
    key: 'weightedminhash',
    spec: ({ hashes, tables }, bits) => weightedMinHash({ hashes, tables, bits }),
    plain: plainWeightedMinHash,
    input: 'weights',
    operation: 'multiply-adds',
  },
];

export interface HashFamiliesOptions {
  readonly onProgress?: (text: string) => void;
  /** Vectors in a batch; 2,048 by default, of which plain TypeScript hashes 64. */
  readonly vectors?: number;
  /** Times functions: gives, by name, the seconds of some calls. By default benchmark.js does, for 0.1 s in each of 3 rounds. */
  readonly time?: (functions: Readonly<Record<string, () => void>>) => Record<string, number[]>;
}

/** A table, figures and notes, as a part of a benchmark's result. */
export type HashFamiliesResult = Required<Pick<BenchResult, 'tables' | 'figures' | 'notes'>>;

/**
 * Hashes a batch by every family, d = 128 and 784, K x L = 9 x 50 and 6 x 5, on one thread: vectors a second, beside plain
 * TypeScript that hashes the same vectors in the same run. The machine's limit is the lesser of two: the operations a
 * second that a large product by `gemm` does in the same run, over those that the family needs; and the bytes a second
 * that streaming passes read and write, over the bytes of a vector and its codes.
 */
export async function measureHashFamilies(options: HashFamiliesOptions = {}): Promise<HashFamiliesResult> {
  const {
    onProgress,
    vectors = 2048,
    time = (functions) => timeFunctions(functions, { seconds: 0.1 }),
  } = options;
  const { oneThread: bytesPerSecond } = await measureBandwidth(2 ** 25);
  const figures: Record<string, Figure> = {};
  const rows: string[][] = [];
  for (const shape of SHAPES) {
    const { hashes, tables, dimensions } = shape;
    const name = `${hashes}x${tables}_d${dimensions}`;
    onProgress?.(`K x L = ${hashes} x ${tables}, d = ${dimensions}`);
    using task = makeTask(shape, vectors);
    const times = time(task.functions);
    const rate = (key: string, count: number) => sample((times[key] ?? []).map((each) => count / each));
    const product = rate('product', vectors);
    const operations = product.median * hashes * tables * dimensions;
    for (const { key, operation } of FAMILIES) {
      const ours = rate(key, vectors);
      const plain = rate(`${key}, plain`, task.plainVectors);
      const group = `${key} ${name}`;
      const [computing, streaming] = [
        operations / (task.operations[key] ?? 1),
        bytesPerSecond / (4 * (dimensions + tables)),
      ];
      const limit = Math.min(computing, streaming);
      const by = computing < streaming ? operation : 'bytes';
      rows.push([
        group,
        thousands(ours.median),
        thousands(plain.median),
        significant(ours.median / plain.median),
        thousands(limit),
        by,
        (ours.median / limit).toFixed(2),
      ]);
      figures[`${key}_${name}_per_s`] = ours;
      figures[`${key}_${name}_ratio`] = ratio(ours, plain);
      if (key === 'simhash') figures[`simhash_${name}_product_ratio`] = ratio(product, ours);
    }
    rows.push([`product by gemm ${name}`, thousands(product.median), '', '', '', '', '']);
  }
  const table: BenchTable = {
    title: "Hashing a batch, thousands of vectors a second, and the machine's limit",
    head: ['family, K x L, d', 'ours', 'plain TypeScript', 'ratio', 'limit', 'by', 'share'],
    rows,
  };
  return { tables: [table], figures, notes: NOTES };
}

const NOTES = [
  'A vector of set and weight families (minhash, doph, weightedminhash) has one non-zero in four coordinates.',
  'The limit by operations takes each for a multiply-add of the product in the same run, the limit by bytes a vector and ' +
    'its codes at the bandwidth of streaming passes.',
  'simhash_..._product_ratio is how much longer SimHash takes than the product that it has in it.',
];

/** `1234567` as `1,235`. */
function thousands(perSecond: number): string {
  return perSecond < 1e5 ? significant(perSecond / 1000) : Math.round(perSecond / 1000).toLocaleString('en');
}

interface Task extends Disposable {
  readonly functions: Record<string, () => void>;
  /** Vectors that a call of a plain function hashes. */
  readonly plainVectors: number;
  /** Multiply-adds, or what costs as much, for a vector, by family. */
  readonly operations: Record<string, number>;
}

/** What is timed for one shape: each family, the same in plain TypeScript, and the product that Gaussian SimHash has in it. */
function makeTask(shape: Shape, vectors: number): Task {
  const { hashes, tables, dimensions } = shape;
  const team = Team.single(new Arena());
  const { arena } = team;
  // As many bits a sub-code as fit into 24, up to 3.
  const bits = Math.min(3, Math.floor(24 / hashes));
  const inputs = { dense: arena.float32(vectors * dimensions), weights: arena.float32(vectors * dimensions) };
  const random = randomStream(1, 'hash families');
  for (let i = 0; i < inputs.dense.length; i++) {
    inputs.dense[i] = random.normal();
    inputs.weights[i] = i % 4 === 0 ? Math.abs(random.normal()) : 0;
  }
  shuffleRows(inputs.weights, dimensions);
  const codes = arena.uint32(vectors * tables);
  const plainVectors = Math.min(64, vectors);
  const functions: Record<string, () => void> = {};
  const operations: Record<string, number> = {};
  for (const { key, spec, plain, input } of FAMILIES) {
    const hasher = bindHasher(spec(shape, bits), { dimensions, tailWidth: 0, seed: 1, team });
    const batch = { values: inputs[input], stride: dimensions, width: dimensions };
    functions[key] = () => hasher.hash(batch, vectors, { codes, stride: vectors });
    operations[key] = sumOperations(hasher.operations(input === 'dense' ? dimensions : dimensions / 4));
    const hash = plain({ dimensions, hashes, tables, bits });
    const values = Float32Array.from(inputs[input].subarray(0, plainVectors * dimensions));
    const own = new Uint32Array(tables);
    functions[`${key}, plain`] = () => {
      for (let row = 0; row < plainVectors; row++) hash(values, row, own);
    };
  }
  functions['product'] = productOf(team, inputs.dense, vectors, shape);
  return { functions, plainVectors, operations, [Symbol.dispose]: () => arena[Symbol.dispose]() };
}

/** The product of the vectors and as many directions as there are bits. */
function productOf(team: Team, vectors: Float32Array, rows: number, { hashes, tables, dimensions }: Shape) {
  const { arena } = team;
  const columns = hashes * tables;
  const stride = Math.ceil(columns / 16) * 16;
  const random = randomStream(2, 'hash families');
  const directions = arena.float32(dimensions * stride).map(() => random.normal());
  const b = arena.float32(directions.length);
  b.set(directions);
  const product = {
    out: arena.float32(rows * stride),
    outStride: stride,
    a: { values: vectors, row: dimensions, column: 1 },
    b: { values: b, row: stride, column: 1 },
    rows,
    columns,
    depth: dimensions,
  };
  return () => gemm(team, product);
}

/** Puts every row's values into a random order. */
function shuffleRows(values: Float32Array, width: number): void {
  const random = randomStream(3, 'hash families');
  for (let first = 0; first < values.length; first += width) {
    for (let i = width - 1; i > 0; i--) {
      const j = random.integer(i + 1);
      const held = values[first + i] as number;
      values[first + i] = values[first + j] as number;
      values[first + j] = held;
    }
  }
}
