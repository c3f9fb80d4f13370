import type { RetrieveSpec } from '@hashgrad/sparse-nn';
import { expect, test } from 'vitest';
import { FROM_TRAINING, HARD_ARMS, OUTPUTS_ARMS, withFrequencies } from '../../src/arms/outputs.ts';

const size = { classes: 300, active: 50 };
const counts = Int32Array.of(9, 0, 3);

test('the full softmax, and every sampler with logQ and without', () => {
  const specs = new Map(OUTPUTS_ARMS.map(({ name, select }) => [name, select(size)]));
  expect(specs.size).toBe(25);
  for (const name of [...specs.keys()].filter((each) => each.endsWith('+logQ'))) {
    expect(specs.get(name)).toMatchObject({ logQ: true, count: 50 });
    expect(specs.get(name.replace('+logQ', ''))).toMatchObject({ logQ: false, count: 50 });
  }
});

test('frequencies come from the training rows, and nothing else changes', () => {
  const filled = new Map(
    OUTPUTS_ARMS.map(({ name, select }) => [name, withFrequencies(select(size), counts, 12)]),
  );
  // A class that is never seen has half a row, so that it can be drawn; in a batch it cannot come.
  expect(filled.get('frequency')).toMatchObject({ frequencies: [9, 0.5, 3], count: 50 });
  expect(filled.get('inBatch+logQ')).toMatchObject({ frequencies: [9, 0, 3], rows: 12, count: 50 });
  for (const { name, select } of OUTPUTS_ARMS.filter((arm) => !('frequencies' in arm.select(size)))) {
    expect(filled.get(name)).toEqual(select(size));
  }
  expect(JSON.stringify([...filled.values()])).not.toContain(FROM_TRAINING);
});

test('hard negatives beside others, half of the classes at most, by frequency where the name says so', () => {
  for (const { name, select } of HARD_ARMS) {
    const { by, ...spec } = withFrequencies(select(size), counts, 12) as RetrieveSpec;
    const [finder, hard, frequency] = name.split('-');
    expect(spec).toMatchObject({ kind: 'retrieve', hard: Math.min(25, Number(hard)), count: 50, logQ: true });
    expect('frequencies' in spec).toBe(frequency !== undefined);
    const kind = { exact: 'topK', tables: 'lsh' }[finder] ?? finder;
    expect(by).toMatchObject({ kind });
  }
});
