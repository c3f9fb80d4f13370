import { rectangles } from '@hashgrad/datasets';
import { PARTS } from '@hashgrad/sparse-nn';
import { describe, expect, test } from 'vitest';
import { ARMS } from '../src/arms.ts';
import type { RunRecord } from '../src/records.ts';
import { checkRecord } from '../src/records.ts';
import { runOnce } from '../src/run.ts';
import { runStudy } from '../src/study.ts';

// 220 is no multiple of the batch size: the last batch of an epoch is smaller.
const split = rectangles({ train: 220, test: 60, seed: 1 });
const settings = {
  arms: ARMS.map(({ name }) => name),
  fractions: [0.25],
  seeds: [1],
  epochs: 2,
  batchSize: 50,
  threads: 1,
  hidden: [32, 24],
  rate: 0.002,
};

/** The record without what the clock decides. */
function withoutTimes(record: RunRecord): unknown {
  return JSON.parse(
    JSON.stringify(record, (key, value: unknown) =>
      /^(seconds|partSeconds)$/.test(key) ? undefined : value,
    ),
  );
}

describe('a small study of all arms', () => {
  test('two with the same seed leave the same records but for times; another seed leaves others', async () => {
    const first = await runStudy(split, settings);
    const second = await runStudy(split, settings);
    expect(first).toHaveLength(ARMS.length);
    expect(second.map(withoutTimes)).toEqual(first.map(withoutTimes));
    const other = await runStudy(split, { ...settings, seeds: [2] });
    for (const [index, record] of other.entries()) expect(record.history).not.toEqual(first[index]?.history);
  });

  test('threads change no bit', async () => {
    const arms = { ...settings, arms: ['dense', 'lsh'], epochs: 1 };
    const one = await runStudy(split, arms);
    const two = await runStudy(split, { ...arms, threads: 2 });
    expect(two.map((record) => withoutTimes({ ...record, threads: 1 }))).toEqual(one.map(withoutTimes));
  });
});

describe('a run', () => {
  test('its record is a record, through JSON too', async () => {
    const epochs: number[] = [];
    const run = { arm: 'lsh', fraction: 0.25, seed: 3 };
    // Small batches: enough steps for the tables to be made again.
    const record = await runOnce(split, run, { ...settings, batchSize: 5 }, ({ epoch }) =>
      epochs.push(epoch),
    );
    expect(epochs).toEqual([1, 2]);
    expect(record.history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(record.accuracy).toEqual({ full: record.history[1]?.full, sparse: record.history[1]?.sparse });
    expect(record.units).toEqual([784, 32, 24, 2]);
    expect(checkRecord(JSON.parse(JSON.stringify(record)), 'here')).toEqual(record);
    expect(record.multiplyAdds.hashing).toBeGreaterThan(0);
    expect(record.multiplyAdds.rehash).toBeGreaterThan(0);
    expect(record.activeShare).toBeGreaterThan(0);
    expect(record.activeShare).toBeLessThanOrEqual(0.25);
    const parts = PARTS.reduce((sum, part) => sum + record.partSeconds[part], 0);
    expect(parts).toBeLessThanOrEqual(record.seconds);
  });

  test('what dense counts is what it is said to cost', async () => {
    const record = await runOnce(split, { arm: 'dense', fraction: 1, seed: 1 }, settings);
    const counted = PARTS.reduce((sum, part) => sum + record.multiplyAdds[part], 0);
    expect(counted).toBeCloseTo(record.denseMultiplyAdds, 6);
    const weights = 784 * 32 + 32 * 24 + 24 * 2;
    // Forward once, backward twice but for the first layer's inputs, Adam at 8 a weight in 5 steps for 220 samples.
    expect(record.denseMultiplyAdds).toBeCloseTo(3 * weights - 784 * 32 + (8 * weights * 5) / 220, 6);
    expect(record.activeShare).toBe(1);
    expect(record.accuracy.sparse).toBe(record.accuracy.full);
  });

  test('an image with NaN is refused', async () => {
    const inputs = split.train.inputs.slice();
    inputs[784 * 7 + 3] = NaN;
    const broken = { ...split, train: { ...split.train, inputs } };
    await expect(runOnce(broken, { arm: 'dense', fraction: 1, seed: 1 }, settings)).rejects.toThrow(/NaN/);
  });

  test('narrow has a share of the units, and computes all of them', async () => {
    const record = await runOnce(split, { arm: 'narrow', fraction: 0.25, seed: 1 }, settings);
    expect(record.spec).toMatchObject({ layers: [{ units: 8 }, { units: 6 }, { units: 2 }] });
    expect(record.units).toEqual([784, 32, 24, 2]);
    expect(record.activeShare).toBe(0.25);
  });
});
