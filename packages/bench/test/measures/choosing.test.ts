import { all, random, signatures, topK } from '@hashgrad/sparse-nn';
import { describe, expect, test } from 'vitest';
import { CHOOSERS } from '../../src/arms/choosers.ts';
import { choosingConfig, choosingMeasure } from '../../src/measures/choosing.ts';
import { images } from '../../src/tasks/images.ts';
import { loadRows } from '../../src/tasks/index.ts';
import { trainedLayer } from '../../src/tasks/trained-layer.ts';
import { configsOf, runMeasure } from './run-measure.ts';

const task = images('rectangles', { train: 300, test: 100 });
const network = { inputs: 784, hidden: [60, 40], classes: 2 };
const base = choosingConfig(task, { network, active: 0.2, epochs: 1, rows: 100 });
const withSelectors = (selectors: object[]) => ({ ...base, selectors }) as unknown as typeof base;

describe('choosing', () => {
  test('all products find all, for the work of all products', async () => {
    const { series } = await runMeasure(choosingMeasure, withSelectors([topK({ fraction: 0.2 })]));
    expect(series['mass']).toEqual([1]);
    expect(series['overlap']).toEqual([1]);
    expect(series['chooseShare']![0]).toBeGreaterThan(0.9);
  });

  test('a random choice finds its share of the units, for nearly no work', async () => {
    const { series } = await runMeasure(choosingMeasure, withSelectors([random({ fraction: 0.2 })]));
    expect(series['overlap']![0]).toBeCloseTo(0.2, 1);
    expect(series['chooseShare']![0]).toBeLessThan(0.1);
  });

  test('more bits find more, for more work', async () => {
    const rising = [64, 1024].map((bits) => signatures({ fraction: 0.2, bits }));
    const { series, metrics } = await runMeasure(choosingMeasure, withSelectors(rising));
    for (const name of ['mass', 'chooseShare']) expect(series[name]![1]).toBeGreaterThan(series[name]![0]!);
    expect(metrics['mass']).toBe(series['mass']![1]);
  });

  test('each way of the study costs more with each effort', async () => {
    const wide = { ...base, layer: 1, network: { ...network, hidden: [256, 40] } };
    for (const [name, config] of configsOf(wide, CHOOSERS)) {
      const { chooseShare = [] } = (await runMeasure(choosingMeasure, config)).series;
      expect([name, chooseShare.length]).not.toEqual([name, 0]);
      expect([name, chooseShare]).toEqual([name, chooseShare.toSorted((a, b) => a - b)]);
    }
  });

  test.each([
    ['a layer that there is not', { layer: 3 }, 'layer is one of the 2 hidden layers, from 1; got 3.'],
    ['no rows', { rows: 0 }, 'rows is a whole number of at least 1; got 0.'],
    ['a share in per cent', { active: 5 }, 'active is a share above 0 and up to 1; got 5.'],
    ['no list', { selectors: null }, 'selectors is a list'],
  ])('%s is refused', (_, change, message) => {
    expect(() => choosingMeasure.check?.({ ...base, ...change }, 'run')).toThrow(message);
  });
});

test('the second layer of a network sees what comes out of the first, rectified', async () => {
  const spec = { task, network, trainedBy: all(), epochs: 1, rate: 0.001 };
  const rows = await loadRows(task);
  const [first, second] = [await trainedLayer(rows, spec, 1, 5, 1), await trainedLayer(rows, spec, 2, 5, 1)];
  expect(second.test.columns).toBe(60);
  for (let row = 0; row < 5; row++) {
    for (const unit of [0, 7, 59]) {
      let sum = first.weights.bias[unit]!;
      for (let d = 0; d < 784; d++)
        sum += first.weights.weights[unit * 784 + d]! * first.test.inputs[row * 784 + d]!;
      expect(second.test.inputs[row * 60 + unit]).toBeCloseTo(Math.max(0, sum), 4);
    }
  }
});
