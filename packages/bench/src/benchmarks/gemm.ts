/** The three matrix products of a dense layer on one thread, with and without fused multiply-add, against ml-matrix. */
import { Arena, gemm, hasRelaxedSimd, randomStream, Team } from '@hashgrad/kernels';
import { Matrix } from 'ml-matrix';
import { type Bench, defineBench } from './lib/benchmark.ts';
import { sample, type Sample, timeFunctions } from './lib/measure.ts';
import type { BenchResult, BenchRow } from './lib/result.ts';

/** A layer of 784 inputs and 1000 outputs at batch 256. */
const BATCH = 256;
const OUTPUTS = 1000;
const INPUTS = 784;
/** Floating-point operations of each of the three products. */
const OPERATIONS = 2 * BATCH * OUTPUTS * INPUTS;

/** Rows start at multiples of 64 bytes, as they do in a network. */
const stride = (width: number): number => Math.ceil(width / 16) * 16;

/** A product C = A B as the layer computes it: shapes, and whether A or B is stored transposed. */
interface Product {
  readonly name: string;
  /** Rows of C. */
  readonly m: number;
  /** Columns of A. */
  readonly depth: number;
  /** Columns of C. */
  readonly n: number;
  readonly transposed: 'A' | 'B' | 'none';
}

const PRODUCTS: readonly Product[] = [
  // outputs (batch x outputs) = inputs (batch x inputs) * weights (outputs x inputs), transposed
  { name: 'forward', m: BATCH, depth: INPUTS, n: OUTPUTS, transposed: 'B' },
  // weight gradient (outputs x inputs) = output gradient (batch x outputs), transposed, * inputs (batch x inputs)
  { name: 'weight gradient', m: OUTPUTS, depth: BATCH, n: INPUTS, transposed: 'A' },
  // input gradient (batch x inputs) = output gradient (batch x outputs) * weights (outputs x inputs)
  { name: 'input gradient', m: BATCH, depth: OUTPUTS, n: INPUTS, transposed: 'none' },
];

/** Billions of floating-point operations a second in the slowest of the three products. */
export const gemmBenchmark: Bench = defineBench({
  name: 'gemm',
  description: `the three products of a dense layer, ${BATCH} x ${OUTPUTS} x ${INPUTS}, with and without fused multiply-add, one thread, GFLOP/s`,
  options: {},
  async run({ onProgress }) {
    const builds = [{ label: 'no FMA', relaxed: false }];
    if (hasRelaxedSimd()) builds.unshift({ label: 'FMA', relaxed: true });
    const functions: Record<string, () => void> = {};
    for (const product of PRODUCTS) {
      functions[`${product.name}, ml-matrix`] = matrixProduct(product);
      for (const { label, relaxed } of builds) {
        functions[`${product.name}, ${label}`] = kernelProduct(product, relaxed);
      }
    }
    onProgress?.(`${Object.keys(functions).length} functions, 3 rounds of half a second each`);
    return gemmResult(timeFunctions(functions));
  },
});

/** The table and the figures from the seconds of each function. */
function gemmResult(times: Readonly<Record<string, readonly number[]>>): BenchResult {
  const rows = Object.entries(times).map(([name, seconds]): BenchRow => {
    const [product = '', program] = name.split(', ');
    return {
      name,
      sample: sample(seconds.map((each) => OPERATIONS / each / 1e9)),
      baseline: program === 'ml-matrix',
      group: product,
    };
  });
  const slowest = (label: string): Sample =>
    rows
      .filter((row) => row.name.endsWith(`, ${label}`))
      .map((row) => row.sample)
      .reduce((least, each) => (each.median < least.median ? each : least));
  const fused = rows.some((row) => row.name.endsWith(', FMA'));
  const notes = ['The figures are the medians of the slowest of the three products.'];
  if (!fused)
    notes.push('This engine has no relaxed SIMD, hence no fused multiply-add: gflops_1t is missing.');
  return {
    unit: 'GFLOP/s',
    rows,
    figures: { ...(fused ? { gflops_1t: slowest('FMA') } : {}), gflops_1t_no_fma: slowest('no FMA') },
    notes,
  };
}

function kernelProduct({ m, depth, n, transposed }: Product, relaxed: boolean): () => void {
  const arena = new Arena({ shared: true, relaxed });
  const team = Team.single(arena);
  const [aRows, aWidth] = transposed === 'A' ? [depth, m] : [m, depth];
  const [bRows, bWidth] = transposed === 'B' ? [n, depth] : [depth, n];
  const a = arena.float32(aRows * stride(aWidth));
  const b = arena.float32(bRows * stride(bWidth));
  const c = arena.float32(m * stride(n));
  const random = randomStream(1, 'gemm benchmark');
  for (let i = 0; i < a.length; i++) a[i] = random.uniform() - 0.5;
  for (let i = 0; i < b.length; i++) b[i] = random.uniform() - 0.5;
  const [row, column] = [stride(aWidth), stride(bWidth)];
  const left = transposed === 'A' ? { row: 1, column: row } : { row, column: 1 };
  const right = transposed === 'B' ? { row: 1, column } : { row: column, column: 1 };
  const product = {
    out: c,
    outStride: stride(n),
    a: { values: a, ...left },
    b: { values: b, ...right },
    rows: m,
    columns: n,
    depth,
  };
  return () => gemm(team, product);
}

/** Takes results, so that the compiler cannot leave the work out. @public */
export let sink: unknown;

/** ml-matrix has one product, of matrices that are not transposed; making them so is left out of its time. */
function matrixProduct({ m, depth, n }: Product): () => void {
  const random = randomStream(1, 'gemm baseline');
  const source = { random: (): number => random.uniform() };
  const a = Matrix.rand(m, depth, source);
  const b = Matrix.rand(depth, n, source);
  return () => {
    sink = a.mmul(b);
  };
}
