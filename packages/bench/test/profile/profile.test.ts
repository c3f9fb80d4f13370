import { expect, test } from 'vitest';
import { OPERATIONS, type WorkCounts } from '@hashgrad/sparse-nn';
import { byPart, type StepSummary } from '../../src/benchmarks/lib/steps.ts';
import { sample } from '../../src/benchmarks/lib/measure.ts';
import { profileTable } from '../../src/profile/profile.ts';
import { profileWide } from '../../src/profile/tasks.ts';

const summary: StepSummary = {
  milliseconds: sample([9, 10, 11]),
  meanMilliseconds: 10,
  parts: { hashing: 1, choose: 2, forward: 2, backward: 3, optimizer: 1, rehash: 0.5 },
  work: {
    ...(Object.fromEntries(OPERATIONS.map((kind) => [kind, byPart(() => 0)])) as unknown as WorkCounts),
    multiplyAdds: { hashing: 1e6, choose: 0, forward: 4e6, backward: 5e6, optimizer: 3e6, rehash: 5e5 },
    entries: { ...byPart(() => 0), choose: 1000 },
  },
  activeShare: 0.05,
  paddedShare: 0.125,
  batches: [],
};

test('phases with their share and rates', () => {
  const table = profileTable({ title: 'toy', threads: 2, summary, active: '5.0 % of the hidden units' });
  expect(table).toMatch(/^toy; two threads, 0 steps$/m);
  expect(table).toMatch(/hashing: .* 1\.000 │ +10\.0 │ +1\.00 M │ +1\.00 M │ +2\.00 │/);
  expect(table).toMatch(/choose: .* 2\.000 │ +20\.0 │ +24\.0 k │ +0 │ +– │/);
  // 8 M multiply-adds of backward and optimizer in 4 ms.
  expect(table).toMatch(/backward: .* 3\.000 │ +30\.0 │ +5\.00 M │ +5\.00 M │ +4\.00 │/);
  expect(table).toMatch(/optimizer: .* 1\.000 │ +10\.0 │ +3\.00 M │ +3\.00 M │ +– │/);
  expect(table).toMatch(/other: .* 0\.500 │ +5\.0 │/);
  expect(table).toMatch(/step +│ +10\.000 │ +100 │/);
  expect(table).toContain('Active: 5.0 % of the hidden units. Padded at random: 12.5 % of the units chosen.');
  expect(table).not.toContain('GB/s');
});

test('bytes where there is a model of them', () => {
  const bytes = { hashing: 0, choose: 4e6, forward: 8e6, backward: 2e7, optimizer: 0, rehash: 0 };
  const table = profileTable({ title: 'toy', threads: 1, summary, active: 'some', bytes });
  expect(table).toMatch(/hashing: .* │ +– │ +– │$/m);
  expect(table).toMatch(/choose: .* │ +– │ +4\.00 │ +2\.00 │$/m);
  expect(table).toMatch(/backward: .* │ +4\.00 │ +20\.0 │ +5\.00 │$/m);
  expect(table).toMatch(/step .* │ +32\.0 │ +3\.20 │$/m);
});

test('a small wide task is profiled', async () => {
  const size = { train: 64, test: 1, features: 300, hidden: 8, labels: 100, active: 40, batchSize: 16 };
  const profile = await profileWide(size, 1, 1);
  expect(profile).toMatchObject({ threads: 1, active: expect.stringContaining('40.0 of 100 outputs a row') });
  const table = profileTable(profile);
  for (const part of ['hashing', 'choose', 'forward', 'backward', 'optimizer', 'rehash', 'other']) {
    expect(table).toContain(` ${part}: `);
  }
  expect(table).not.toMatch(/NaN|Infinity|undefined/);
});
