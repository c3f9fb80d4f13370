import { beforeAll, describe, expect, test } from 'vitest';
import { ACTIVATION_METHODS } from '../../src/arms/search.ts';
import type { Measured } from '../../src/engine/measure.ts';
import { activationRecallConfig, activationRecallMeasure } from '../../src/measures/activation-recall.ts';
import { layer } from '../../src/tasks/layer.ts';
import { configsOf, runMeasure } from './run-measure.ts';

const task = (place: number, epochs: number) =>
  layer({ hidden: [40, 40], layer: place, epochs, queries: 10 });

/** Recalls of the highest 10 % in both layers after an epoch, as the study of activations had them before the engine. */
const BEFORE: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'identity+simHash': [
    [0.15, 0.275, 0.475],
    [0.25, 0.55, 0.825],
  ],
  'simpleLsh+simHash': [
    [0.15, 0.2, 0.55],
    [0.225, 0.5, 0.725],
  ],
  'signAlsh+simHash': [
    [0.125, 0.15, 0.45],
    [0.3, 0.5, 0.75],
  ],
  'simpleLsh+crossPolytope': [
    [0.3, 0.475, 0.7],
    [0.225, 0.425, 0.7],
  ],
  'identity+dwta': [
    [0.175, 0.275, 0.55],
    [0.275, 0.45, 0.625],
  ],
  'l2Alsh+pStable': [
    [0.125, 0.25, 0.425],
    [0.175, 0.25, 0.525],
  ],
  signatures: [
    [0.8, 0.925],
    [1, 1],
  ],
};

describe('the highest activations', () => {
  const measured = new Map<string, Required<Measured>[]>();
  beforeAll(async () => {
    for (const place of [1, 2]) {
      const configs = configsOf(activationRecallConfig(task(place, 1)), ACTIVATION_METHODS);
      for (const [method, config] of configs) {
        const list = measured.get(method) ?? [];
        measured.set(method, [...list, await runMeasure(activationRecallMeasure, config)]);
      }
    }
  }, 60_000);

  test('are found as they always were', () => {
    for (const [method, layers] of measured) {
      const recalls = layers.map(({ series }) => series['recall']?.map((value) => Number(value.toFixed(6))));
      expect([method, recalls]).toEqual([method, BEFORE[method]]);
    }
    expect([...measured.keys()]).toEqual(Object.keys(BEFORE));
  });

  test('by tables: more effort finds what less did, and no more units than are asked for', () => {
    for (const [method, layers] of measured) {
      if (method === 'signatures') continue;
      for (const { series } of layers) {
        for (const name of ['recall', 'mass', 'examined', 'costShare']) {
          const shares = series[name] as readonly number[];
          expect(shares).toEqual(shares.toSorted((a, b) => a - b));
        }
        for (const [i, examined] of (series['examined'] ?? []).entries()) {
          expect(examined).toBeLessThan(([0.05, 0.1, 0.25][i] as number) + 1e-9);
        }
      }
    }
  });

  test('are found more often than by chance, and their cost is told where half of them are', () => {
    const [, second] = measured.get('identity+simHash') as Required<Measured>[];
    const { recall = [], examined = [] } = second?.series ?? {};
    for (const [i, found] of recall.entries()) expect(found).toBeGreaterThan(2 * (examined[i] as number));
    expect(second?.metrics['examinedAtGoal']).toBe(examined[1]);
    const [first] = measured.get('signAlsh+simHash') as Required<Measured>[];
    expect(first?.metrics).not.toHaveProperty('examinedAtGoal');
  });
});

test('a layer, a share or a method that there is not is refused', () => {
  const check = (change: object) => () =>
    activationRecallMeasure.check?.({ ...activationRecallConfig(task(1, 0)), ...change }, 'run');
  expect(check({ task: task(3, 0) })).toThrow('task.layer is 3, but the network has 2 hidden layers.');
  expect(check({ percent: 0 })).toThrow('percent is above 0 and up to 100; got 0.');
  expect(check({ method: { kind: 'exact', int8: false } })).toThrow('method.kind is mips');
});
