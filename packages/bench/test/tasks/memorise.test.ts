import type { DenseDataset } from '@hashgrad/datasets';
import { expect, test } from 'vitest';
import { checkTask, loadRows } from '../../src/tasks/index.ts';
import { memorise } from '../../src/tasks/memorise.ts';

function momentsOf(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

const small = { rows: 2000, dimensions: 30, classes: 8 };

test('rows are standard normal, labels uniform, and what is trained on is what is scored', async () => {
  const { train, test: scored, trainAt } = await loadRows(memorise(small));
  const { inputs, labels, ...shape } = train as DenseDataset;
  expect(shape).toEqual({ name: 'memorise', columns: 30, rows: 2000, classes: 8 });
  expect(scored).toBe(train);
  expect(trainAt).toBeUndefined();
  const { mean, deviation } = momentsOf(inputs);
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(60_000));
  expect(Math.abs(deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * 60_000));
  for (let c = 0; c < 8; c++) {
    const share = labels.filter((label) => label === c).length / 2000;
    expect(Math.abs(share - 1 / 8)).toBeLessThan(4 * Math.sqrt((1 / 8) * (7 / 8) * (1 / 2000)));
  }
});

test('a seed gives the same rows again, and another one others', async () => {
  const [a, again, other] = await Promise.all(
    [memorise({ ...small, noise: 0.1 }), memorise(small), memorise({ ...small, seed: 2 })].map(loadRows),
  );
  expect(again!.train).toEqual(a!.train);
  expect(other!.train).not.toEqual(a!.train);
});

test('noise is drawn anew for each epoch, is the same when an epoch is repeated, and spares what is scored', async () => {
  const { train, test: scored, trainAt } = await loadRows(memorise({ ...small, noise: 0.5 }));
  const { inputs, labels } = train as DenseDataset;
  const [first, second] = [trainAt!(1), trainAt!(2)];
  expect(trainAt!(1)).toEqual(first);
  expect(first.labels).toBe(labels);
  expect((scored as DenseDataset).inputs).toBe(inputs);
  for (const change of [
    first.inputs.map((value, i) => value - inputs[i]!),
    second.inputs.map((value, i) => (value - first.inputs[i]!) / Math.SQRT2),
  ]) {
    const { mean, deviation } = momentsOf(change);
    expect(Math.abs(mean)).toBeLessThan(2 / Math.sqrt(60_000));
    expect(Math.abs(deviation - 0.5)).toBeLessThan(2 / Math.sqrt(2 * 60_000));
  }
});

test.for([
  [{ rows: 0 }, 'task.rows is a whole number of at least 1; got 0.'],
  [{ classes: 2.5 }, 'task.classes is a whole number of at least 1; got 2.5.'],
  [{ noise: -1 }, 'task.noise is a standard deviation, a number of 0 or more; got -1.'],
] as const)('%o is refused', ([options, message]) => {
  expect(() => checkTask(memorise(options))).toThrow(message);
});
