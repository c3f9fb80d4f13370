import { plantedLabels, rectangles } from '@hashgrad/datasets';
import { adam, type Examples, hidden, Network, network, nonZerosOf, softmax } from '@hashgrad/sparse-nn';
import { expect, test } from 'vitest';
import { openBlas } from '../../../src/benchmarks/baselines/openblas/compile.ts';
import { productMilliseconds } from '../../../src/benchmarks/baselines/openblas/products.ts';
import { stepMilliseconds, weightsAfter } from '../../../src/benchmarks/baselines/openblas/steps.ts';
import { batchesOf } from '../../../src/benchmarks/lib/batches.ts';

const program = openBlas();
const missing = typeof program === 'string';
const name = missing ? program : program.name;

const ROWS = 16;
const RATE = 0.01;
const DENSE = rectangles({ train: 3 * ROWS, test: 1, seed: 1 }).train;
const SPARSE = plantedLabels({ train: 3 * ROWS, test: 1, features: 90, labels: 700, nonZeros: 8 }).train;
const TASKS = [
  { rows: 'dense', batches: batchesOf(DENSE, ROWS, 3), units: [DENSE.columns, 40, 30, 2] },
  { rows: 'sparse', batches: batchesOf(SPARSE, ROWS, 3), units: [90, 24, 700] },
];

/** How far the weights of two programs are from each other, as a share of how far they came. */
function share(start: Float32Array, one: Float32Array, other: Float32Array): number {
  let [apart, moved] = [0, 0];
  for (const [i, value] of one.entries()) {
    apart += Math.abs(value - other[i]!);
    moved += Math.abs(value - start[i]!);
  }
  return apart / moved;
}

for (const { rows, batches, units } of TASKS) {
  for (const threads of [1, 2]) {
    test.skipIf(missing)(`${name}: steps on ${rows} rows are ours, threads: ${threads}`, async () => {
      if (typeof program === 'string') return;
      const layers = units.slice(1, -1).map((count) => hidden(count));
      const spec = network(units[0]!, [...layers, softmax(units.at(-1)!)], adam({ rate: RATE }));
      const nonZeros = rows === 'sparse' ? { nonZeros: nonZerosOf([SPARSE], ROWS) } : {};
      using net = await Network.create(spec, { batchSize: ROWS, ...nonZeros });
      const copy = (): ReturnType<Network['copyWeights']>[] =>
        units.slice(1).map((_, layer) => net.copyWeights(layer));
      const start = copy();
      for (const batch of batches as readonly Examples[]) net.step(batch);
      const ours = copy();
      const theirs = weightsAfter(program, { units, rate: RATE, threads }, batches, start);
      for (const [l, own] of ours.entries()) {
        expect(share(start[l]!.weights, own.weights, theirs[l]!.weights)).toBeLessThan(1e-3);
        expect(share(start[l]!.bias, own.bias, theirs[l]!.bias)).toBeLessThan(1e-3);
      }
    });
  }
}

test.skipIf(missing)(`${name} times as many steps and calls as asked for`, () => {
  if (typeof program === 'string') return;
  const [{ batches, units }] = TASKS as [(typeof TASKS)[0]];
  const plan = { warmUp: 1, measured: 4 };
  const steps = stepMilliseconds(program, { units, rate: RATE, threads: 1 }, batches, plan);
  expect(steps).toHaveLength(4);
  for (const each of steps) expect(each).toBeGreaterThan(0);
  const products = productMilliseconds(program, { m: 20, n: 30, depth: 10, transposed: 'A' }, 0.001);
  expect(products.length).toBeGreaterThan(0);
  for (const each of products) expect(each).toBeGreaterThan(0);
});

test.skipIf(missing)('what the program refuses is an error that says so', () => {
  if (typeof program === 'string') return;
  expect(() => program.run(['nothing'])).toThrow(/failed: openblas config/);
  expect(() => program.run(['train', '2,2', 1, 1, 0.1, 0, 1], new Uint8Array(4))).toThrow(/ends too early/);
});
