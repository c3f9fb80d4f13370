import { adam, COST_WEIGHTS, OPERATIONS, PARTS } from '@hashgrad/sparse-nn';
import { describe, expect, test } from 'vitest';
import { hiddenArms } from '../../src/arms/hidden.ts';
import { deterministicPart } from '../../src/engine/merge.ts';
import { planPoints, planRun } from '../../src/engine/plan.ts';
import type { Config, TrialRecord } from '../../src/engine/record.ts';
import { trainConfig, type Trained, trainMeasure } from '../../src/measures/train.ts';
import { images } from '../../src/tasks/images.ts';
import { memorise } from '../../src/tasks/memorise.ts';
import { base, bits, configOf, measure, type Measured } from './train-runs.ts';

test('threads change no bit', async () => {
  const config = configOf('lsh');
  expect(bits(await measure({ ...config, threads: 2 }))).toEqual(bits(await measure(config)));
});

test('counts, times and series belong together', async () => {
  const steps = 2 * 5;
  const measured = await measure(configOf('dense'));
  const weights = 784 * 32 + 32 * 24 + 24 * 2;
  // Forward once, backward twice but for the first layer's inputs, Adam at 8 a weight in 5 steps for 220 samples.
  const expected = 3 * weights - 784 * 32 + (8 * weights * 5) / 220;
  expect(measured.metrics['multiplyAdds']).toBeCloseTo(expected, 6);
  const parts = PARTS.reduce((sum, part) => sum + (measured.cost[part]?.multiplyAdds as number), 0);
  expect(parts).toBeCloseTo(expected, 6);
  const { step = [], epoch, seconds = [], multiplyAdds = [] } = measured.series;
  expect(epoch).toEqual([1, 2]);
  expect(step).toEqual([steps / 2, steps]);
  expect(multiplyAdds[1]).toBeCloseTo(expected * 2 * 220, 0);
  expect(measured.metrics['secondsPerEpoch']).toBeCloseTo((seconds[1] as number) / 2, 9);
  expect(PARTS.reduce((sum, part) => sum + (measured.partSeconds[part] as number), 0)).toBeLessThanOrEqual(
    seconds[1] as number,
  );
});

/** All work so far in multiply-adds, at each evaluation. */
function workIn({ series }: Measured): number[] {
  return (series['step'] ?? []).map((_, at) =>
    OPERATIONS.reduce((sum, kind) => sum + COST_WEIGHTS[kind] * (series[kind]?.[at] as number), 0),
  );
}

describe('a budget', () => {
  const unlimited = { ...configOf('lsh'), epochs: null };

  test('of multiply-adds ends training after the step that spends it, the same everywhere', async () => {
    const whole = await measure(configOf('lsh'));
    const [first = 0, both = 0] = workIn(whole);
    const budget = { seconds: null, multiplyAdds: (first + both) / 2 };
    const half = await measure({ ...unlimited, budget });
    const { step = [], trainingLoss = [] } = half.series;
    const [, work = 0] = workIn(half);
    // The second epoch ends somewhere in the middle, and what comes before is as without a budget.
    expect(step[0]).toBe(5);
    expect(step[1]).toBeGreaterThan(5);
    expect(step[1]).toBeLessThan(10);
    expect(trainingLoss[0]).toBe(whole.series['trainingLoss']?.[0]);
    expect(work).toBeGreaterThanOrEqual(budget.multiplyAdds);
    const mean = work / (step[1] as number);
    expect(work - budget.multiplyAdds).toBeLessThan(2 * mean);
    expect(bits(await measure({ ...unlimited, budget, threads: 2 }))).toEqual(bits(half));
    // Rates are of what was trained: 1 to 2 epochs.
    const epochs = half.metrics['secondsPerEpoch'] as number;
    expect((half.series['seconds']?.[1] as number) / epochs).toBeCloseTo(
      1 + ((step[1] as number) - 5) * (50 / 220),
      6,
    );
  });

  test('that epochs do not reach changes nothing', async () => {
    const config = configOf('lsh');
    const large = { ...config, budget: { seconds: 1e6, multiplyAdds: 1e15 } };
    expect(bits(await measure(large))).toEqual(bits(await measure(config)));
  });

  test('of seconds ends training, and its records are not held to determinism', async () => {
    const config = { ...unlimited, budget: { seconds: 0.05, multiplyAdds: null } };
    const { series, ...rest } = await measure(config);
    expect(series['seconds']?.at(-1)).toBeGreaterThanOrEqual(0.05);
    expect(series['seconds']?.at(-2) ?? 0).toBeLessThan(0.05);
    expect(deterministicPart({ trial: { config }, series, ...rest } as unknown as TrialRecord)).toEqual({});
  });
});

test('small batches: the tables are made again, and that is counted', async () => {
  const { cost } = await measure({ ...configOf('lsh'), batchSize: 5 });
  // 200 signs of each layer: from transforms of 1,024, two rounds and one, and of 64, two rounds and four.
  expect(cost['hashing']).toMatchObject({ multiplyAdds: 0, additions: 3 * 10 * 1024 + 6 * 6 * 64 });
  expect(cost['choose']?.entries).toBeGreaterThan(cost['choose']?.candidates as number);
  expect(cost['rehash']?.additions).toBeGreaterThan(0);
});

const rows = ({ inputs, rows: count }: Trained['train']): string[] =>
  Array.from({ length: count }, (_, row) => inputs.subarray(row * 784, (row + 1) * 784).join());

test('held-out rows are trained on in no stage, and tuning looks at them alone', async () => {
  const config = { ...configOf('dense'), validation: 0.25, epochs: 1 };
  const seen: Record<string, Trained> = {};
  for (const stage of ['tune', 'run'] as const) {
    await measure(config, 1, stage, (of) => {
      seen[stage] = of;
      return of.test.rows;
    });
  }
  const [tune, run] = [seen['tune'], seen['run']] as [Trained, Trained];
  expect(tune.test.rows).toBe(55);
  expect(run.test.rows).toBe(60);
  expect(rows(run.train)).toEqual(rows(tune.train));
  const all = await measure({ ...config, validation: 0 }, 1, 'run', (of) => {
    seen['all'] = of;
    return 0;
  });
  expect(all.metrics['own']).toBe(0);
  expect([...rows(tune.train), ...rows(tune.test)].toSorted()).toEqual(rows(seen['all']!.train).toSorted());
  expect(() => trainMeasure.check?.({ ...config, validation: 0 }, 'tune')).toThrow('nothing to tune on');
  expect(() => trainMeasure.check?.(config, 'tune')).not.toThrow();
});

test('a task that scores its training rows is tuned on them, and noise changes what is trained on alone', async () => {
  const options = { rows: 100, dimensions: 10, classes: 4 };
  const small = trainConfig({
    task: memorise(options),
    network: { inputs: 10, hidden: [64], classes: 4 },
    optimizer: adam({ rate: 0.03 }),
    epochs: 3,
    threads: 1,
    batchSize: 10,
  });
  const clean = await measure(small);
  expect(clean.metrics['accuracy.full']).toBeGreaterThan(0.5);
  expect(bits(await measure(small, 1, 'tune'))).toEqual(bits(clean));
  expect(() => trainMeasure.check?.({ ...small, validation: 0.1 }, 'tune')).toThrow(
    'set validation to 0; got 0.1',
  );
  for (const evaluations of [null, [1 / 3, 2 / 3, 1]]) {
    const noisy = { ...small, evaluations, task: memorise({ ...options, noise: 3 }) };
    const measured = await measure(noisy);
    expect(bits(await measure(noisy))).toEqual(bits(measured));
    expect(measured.series['loss']).toHaveLength(3);
    expect(measured.metrics['accuracy.full']).toBeLessThan(clean.metrics['accuracy.full'] as number);
  }
});

const prepare = (change: Config) => trainMeasure.prepare?.({ ...base, ...change });

describe('a config that cannot be measured is refused', () => {
  const cases: [string, Config, string][] = [
    ['a selector that there is not', { select: { kind: 'lhs' } }, "There is no selector 'lhs'"],
    ['no share of the units', { select: { kind: 'random', fraction: 1.5, logQ: false, shared: 1 } }, '1.5'],
    [
      'a selector too few',
      { select: [{ kind: 'all' }] },
      'select has 1 selectors, but network.hidden has 2 layers',
    ],
    ['no epochs', { epochs: 0 }, 'epochs is a whole number of at least 1, or null; got 0'],
    [
      'a budget of nothing',
      { budget: { seconds: 0, multiplyAdds: null } },
      'budget.seconds is a number above 0',
    ],
    [
      'no end',
      { epochs: null },
      'training would have no end: set epochs, budget.multiplyAdds or budget.seconds',
    ],
    ['threads as a text', { threads: '2' }, 'threads is a whole number of at least 1; got "2"'],
    ['all rows held out', { validation: 1 }, 'validation is a share from 0 to below 1; got 1'],
    [
      'a task of no kind',
      { task: { kind: 'image' } },
      'there is no task of the kind "image"; there are images',
    ],
    ['half a row', { task: images('rectangles', { train: 0.5 }) }, 'task.train is a number of rows'],
  ];
  test.each(cases)('%s', (_, change, message) => {
    expect(() => trainMeasure.check?.({ ...base, ...change }, 'run')).toThrow(message);
  });

  test('by its data', async () => {
    await expect(prepare({ task: images('idx') })).rejects.toThrow('idx are files in a folder');
    await expect(prepare({ task: images('mnits') })).rejects.toThrow(
      /no data set "mnits"\. There are .*\bmnist\b/,
    );
    await expect(
      prepare({ network: { inputs: 784, hidden: [32], classes: 10, narrow: 1, updateMode: 'neuron' } }),
    ).rejects.toThrow('network.classes is 10, but the task rectangles has 2: set network.classes=2.');
  });
});

test('a trial that diverges is an outcome with its error', async () => {
  const config = { ...configOf('dense'), optimizer: { kind: 'sgd', rate: 1e30 } };
  await expect(measure(config)).rejects.toThrow(/loss|diverged/i);
});

test('the plan gives every arm the network that it asks for', () => {
  const study = { name: 'small', question: '', measure: 'train', base, seeds: [1], metrics: ['loss'] };
  const [block] = planRun(
    { ...study, factors: {} },
    planPoints({ ...study, factors: { arm: hiddenArms(['narrow']) } }),
  );
  expect(block?.trials[0]?.config['network']).toMatchObject({ hidden: [32, 24], narrow: 0.25 });
});
