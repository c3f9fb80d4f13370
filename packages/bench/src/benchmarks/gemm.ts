/** The three matrix products of a dense layer on one thread, with and without fused multiply-add, beside OpenBLAS and ml-matrix. */
import { Arena, gemm, hasRelaxedSimd, randomStream, Team } from '@hashgrad/kernels';
import { Matrix } from 'ml-matrix';
import { openBlas, type OpenBlas } from './baselines/openblas/compile.ts';
import { type BlasProduct, productMilliseconds } from './baselines/openblas/products.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { ratio, sample, type Sample, timeFunctions } from './lib/measure.ts';
import type { BenchResult, BenchRow, Figure } from './lib/result.ts';

/** A layer of 784 inputs and 1000 outputs at batch 256. */
const BATCH = 256;
const OUTPUTS = 1000;
const INPUTS = 784;
/** Floating-point operations of each of the three products. */
const OPERATIONS = 2 * BATCH * OUTPUTS * INPUTS;

/** Rows start at multiples of 64 bytes, as they do in a network. */
const stride = (width: number): number => Math.ceil(width / 16) * 16;

/** A product as the layer computes it. */
interface Product extends BlasProduct {
  readonly name: string;
}

const PRODUCTS: readonly Product[] = [
  // outputs (batch x outputs) = inputs (batch x inputs) * weights (outputs x inputs), transposed
  { name: 'forward', m: BATCH, depth: INPUTS, n: OUTPUTS, transposed: 'B' },
  // weight gradient (outputs x inputs) = output gradient (batch x outputs), transposed, * inputs (batch x inputs)
  { name: 'weight gradient', m: OUTPUTS, depth: BATCH, n: INPUTS, transposed: 'A' },
  // input gradient (batch x inputs) = output gradient (batch x outputs) * weights (outputs x inputs)
  { name: 'input gradient', m: BATCH, depth: OUTPUTS, n: INPUTS, transposed: 'none' },
];

/** Kernels of OpenBLAS: all instructions of this processor, and vectors of 128 bits without fused multiply-add. */
const CORES = [
  { label: 'OpenBLAS', core: undefined },
  { label: 'OpenBLAS in 128 bits', core: 'Nehalem' },
] as const;

/** Billions of floating-point operations a second in the slowest of the three products. */
export const gemmBenchmark: Bench = defineBench({
  name: 'gemm',
  description: `the three products of a dense layer, ${BATCH} x ${OUTPUTS} x ${INPUTS}, with and without fused multiply-add, beside OpenBLAS (if it is installed) with all instructions and with vectors of 128 bits, one thread, GFLOP/s`,
  options: {},
  run: async (told) => runGemm(told),
});

/** Runs the benchmark: each program is measured for `seconds` in each of `rounds`. `program`: OpenBLAS, or why there is none. */
export function runGemm(
  { onProgress }: Told = {},
  { rounds = 3, seconds = 0.5 }: { readonly rounds?: number; readonly seconds?: number } = {},
  program: OpenBlas | string = openBlas(),
): BenchResult {
  const builds = [{ label: 'no FMA', relaxed: false }];
  if (hasRelaxedSimd()) builds.unshift({ label: 'FMA', relaxed: true });
  const times: Record<string, number[]> = {};
  const add = (name: string, measured: readonly number[]): void =>
    void (times[name] ??= []).push(...measured);
  const own = PRODUCTS.map((product) => ({
    product,
    functions: Object.fromEntries([
      [`${product.name}, ml-matrix`, matrixProduct(product)],
      ...builds.map(({ label, relaxed }) => [`${product.name}, ${label}`, kernelProduct(product, relaxed)]),
    ]) as Record<string, () => void>,
  }));
  for (let round = 1; round <= rounds; round++) {
    onProgress?.(`round ${round} of ${rounds}`);
    for (const { product, functions } of own) {
      const measured = timeFunctions(functions, { rounds: 1, seconds });
      for (const [name, each] of Object.entries(measured)) add(name, each);
      if (typeof program === 'string') continue;
      for (const { label, core } of CORES) {
        const milliseconds = productMilliseconds(program, product, seconds, core);
        add(
          `${product.name}, ${label}`,
          milliseconds.map((each) => each / 1000),
        );
      }
    }
  }
  return gemmResult(times, program);
}

/** The table and the figures from the seconds of each function. */
function gemmResult(
  times: Readonly<Record<string, readonly number[]>>,
  program: OpenBlas | string,
): BenchResult {
  const rows = Object.entries(times).map(([name, seconds]): BenchRow => {
    const [product = '', label] = name.split(', ');
    return {
      name,
      sample: sample(seconds.map((each) => OPERATIONS / each / 1e9)),
      baseline: label === 'ml-matrix',
      group: product,
    };
  });
  const slowest = (label: string): Sample | undefined =>
    rows
      .filter((row) => row.name.endsWith(`, ${label}`))
      .map((row) => row.sample)
      .toSorted((a, b) => a.median - b.median)[0];
  const [fused, plain, blas, narrow] = ['FMA', 'no FMA', ...CORES.map(({ label }) => label)].map(slowest);
  const best = (fused ?? plain)!;
  const figures: Record<string, Figure> = { ...(fused && { gflops_1t: fused }), gflops_1t_no_fma: plain! };
  if (blas && narrow) {
    Object.assign(figures, {
      openblas_gflops_1t: blas,
      openblas_128_gflops_1t: narrow,
      share_of_openblas: ratio(best, blas),
      share_of_openblas_128: ratio(best, narrow),
    });
  }
  const notes = ['The figures are the medians of the slowest of the three products.'];
  if (!fused)
    notes.push('This engine has no relaxed SIMD, hence no fused multiply-add: gflops_1t is missing.');
  notes.push(
    typeof program === 'string' ? program : `${program.name}; in 128 bits with its kernels for Nehalem.`,
  );
  return { unit: 'GFLOP/s', rows, figures, notes };
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
