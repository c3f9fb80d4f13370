import type { SparseDataset, Split } from '@hashgrad/datasets';
import { adam } from '@hashgrad/sparse-nn';
import { beforeAll, describe, expect, test } from 'vitest';
import { OUTPUT_ARMS, OUTPUTS_ARMS } from '../../src/arms/outputs.ts';
import type { Measured } from '../../src/engine/measure.ts';
import type { Config } from '../../src/engine/record.ts';
import { trainConfig, trainMeasure } from '../../src/measures/train.ts';
import { byFrequencyAlone } from '../../src/tasks/class-frequencies.ts';
import { extreme } from '../../src/tasks/extreme.ts';
import { loadRows } from '../../src/tasks/index.ts';
import { configsOf, runMeasure } from './run-measure.ts';

const task = extreme('planted', { train: 500, test: 100, features: 300, labels: 200 });
const base = trainConfig({
  task,
  network: { inputs: 300, hidden: [16], classes: 200, activation: 'linear' },
  outputs: { active: 40, select: { kind: 'all' } },
  optimizer: adam({ rate: 0.01 }),
  epochs: 2,
  evaluations: [0.25, 0.5],
  batchSize: 50,
  threads: 1,
});

/** Losses after 250, 500 and 1,000 rows, as the study of outputs had them before the engine. */
const BEFORE: Readonly<Record<string, readonly number[]>> = {
  full: [5.5666, 5.273922, 5.027077],
  'lsh+logQ': [5.570071, 5.285643, 5.137103],
  'lshLabel+logQ': [5.675643, 5.403114, 5.18748],
  'uniform+logQ': [5.738679, 5.36052, 5.257417],
  'logUniform+logQ': [5.776073, 5.397514, 5.287177],
  'frequency+logQ': [5.790746, 5.469243, 5.178561],
  'inBatch+logQ': [5.931384, 5.475092, 5.300516],
  lsh: [5.570071, 5.285643, 5.137103],
  lshLabel: [5.675643, 5.403114, 5.18748],
  uniform: [5.725756, 5.305929, 5.194663],
  logUniform: [5.75124, 5.394887, 5.228014],
  frequency: [5.754507, 5.411189, 5.20414],
  inBatch: [5.917331, 5.461921, 5.304793],
};

function asBefore(arm: string): Config {
  const config = configsOf(base, OUTPUT_ARMS).get(arm)!;
  const outputs = config['outputs'] as { readonly select: Config };
  return {
    ...config,
    outputs: { ...outputs, select: { ...outputs.select, transform: { kind: 'simpleLsh' } } },
  };
}

describe('ways of choosing outputs', () => {
  const measured = new Map<string, Required<Measured>>();
  /** Tables as they were then: by inner product. */
  const byProduct = new Map<string, Required<Measured>>();
  beforeAll(async () => {
    for (const [arm, config] of configsOf(base, OUTPUT_ARMS)) {
      measured.set(arm, await runMeasure(trainMeasure, config));
    }
    for (const arm of ['lsh', 'lsh+logQ']) byProduct.set(arm, await runMeasure(trainMeasure, asBefore(arm)));
  }, 60_000);

  test('have the losses that they always had', () => {
    expect([...measured.keys()]).toEqual(OUTPUTS_ARMS.map(({ name }) => name));
    for (const { series, metrics } of measured.values()) {
      expect(metrics['loss']).toBe((series['loss'] as readonly number[]).at(-1));
    }
    for (const [arm, before] of Object.entries(BEFORE)) {
      const losses = (byProduct.get(arm) ?? measured.get(arm))?.series['loss'] as readonly number[];
      expect(losses).toHaveLength(before.length);
      for (const [i, loss] of losses.entries()) expect(loss).toBeCloseTo(before[i] as number, 4);
    }
  });

  test('are evaluated where the config says; time and multiply-adds only grow', () => {
    for (const { series } of measured.values()) {
      expect(series['rows']).toEqual([250, 500, 1000]);
      expect(series['epoch']).toEqual([1, 1, 2]);
      expect(series['step']).toEqual([5, 10, 20]);
      for (const name of ['seconds', 'multiplyAdds']) {
        const list = series[name] as readonly number[];
        expect(list).toEqual([...new Set(list)].toSorted((a, b) => a - b));
      }
    }
  });

  test('gain over the frequencies, which are those of the training rows', async () => {
    const { train, test: rows } = (await loadRows(task)) as Split<SparseDataset>;
    const alone = byFrequencyAlone(train, rows);
    for (const { metrics } of measured.values()) {
      expect(metrics['gain.loss']).toBe(alone.loss - (metrics['loss'] as number));
      expect(metrics['gain.precision1']).toBe((metrics['precision1'] as number) - alone.precision1);
    }
    expect(measured.get('full')?.metrics['gain.loss']).toBeGreaterThan(0);
  });

  test('repeat on any number of threads', { timeout: 30_000 }, async () => {
    const config = configsOf(base, OUTPUT_ARMS).get('frequency+logQ') as Config;
    const again = await runMeasure(trainMeasure, { ...config, threads: 2 });
    for (const name of ['loss', 'precision1', 'precision5', 'multiplyAdds']) {
      expect(again.series[name]).toEqual(measured.get('frequency+logQ')?.series[name]);
    }
  });
});

test(
  'with all rows seen thrice samplers rank better with their logits corrected',
  { timeout: 60_000 },
  async () => {
    const settings = { ...base, task: { ...task, train: 1000 }, epochs: 4, evaluations: [] };
    const configs = configsOf({ ...settings, outputs: { active: 20, select: { kind: 'all' } } }, OUTPUT_ARMS);
    const precision = async (arm: string): Promise<number> => {
      const { metrics } = await runMeasure(trainMeasure, configs.get(arm) as Config);
      return metrics['precision5'] as number;
    };
    for (const arm of ['uniform', 'logUniform', 'frequency', 'inBatch']) {
      expect(await precision(`${arm}+logQ`)).toBeGreaterThan(await precision(arm));
    }
  },
);

const refused = async (change: Config): Promise<void> => {
  await runMeasure(trainMeasure, { ...base, ...change });
};

describe('a config that cannot be measured is refused', () => {
  test('by its data, with all that has to be set', async () => {
    const network = { ...(base['network'] as Config), inputs: 301, classes: 100 };
    await expect(refused({ network })).rejects.toThrow(
      'network.inputs is 301, but the task planted-labels has 300; network.classes is 100, but the task planted-labels has 200: ' +
        'set network.inputs=300 and network.classes=200.',
    );
    await expect(
      refused({ task: { ...task, labels: 4 }, network: { ...(base['network'] as Config), classes: 4 } }),
    ).rejects.toThrow('P@5 needs 5 classes or more; the task planted-labels has 4.');
    await expect(
      refused({ task: { kind: 'layer', hidden: [4], layer: 1, epochs: 0, queries: 1, seed: 1 } }),
    ).rejects.toThrow('the task layer has vectors to search, but no rows to train on');
  });

  test('by itself', async () => {
    await expect(refused({ evaluations: [0] })).rejects.toThrow('evaluations are shares of training above 0');
    await expect(refused({ outputs: { active: 40, select: { kind: 'lhs' } } })).rejects.toThrow(
      "There is no selector 'lhs'",
    );
  });
});
