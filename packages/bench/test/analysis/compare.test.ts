import { describe, expect, test } from 'vitest';
import { compare } from '../../src/analysis/compare.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { comparisonText } from '../../src/report/comparison.ts';
import { madeUp, records } from '../made-up.ts';

const point = { arm: 'lsh' };

describe('compare', () => {
  test('records are the same as themselves, in any order, and times may differ', () => {
    const list = records();
    const slower = list
      .map((record): TrialRecord => {
        const { secondsPerEpoch } = record.metrics;
        const metrics = secondsPerEpoch === undefined ? {} : { secondsPerEpoch: 2 * secondsPerEpoch };
        return { ...record, key: 'other', seconds: 99, metrics: { ...record.metrics, ...metrics } };
      })
      .toReversed();
    const comparison = compare(list, slower);
    expect(comparison).toMatchObject({ same: list.length, changed: [], onlyA: [], onlyB: [] });
    expect(Math.exp(comparison.times['secondsPerEpoch']?.mean as number)).toBeCloseTo(2, 12);
    expect(comparison.times['secondsPerEpoch']?.n).toBe(78);
  });

  test('one bit is a difference', () => {
    const a = madeUp(point, 1, { loss: 0.3 });
    const b = madeUp(point, 1, { loss: 0.1 + 0.2 });
    const { same, changed } = compare([a], [b]);
    expect(same).toBe(0);
    expect(changed).toEqual([
      { label: 'lsh, seed 1', numbers: [{ name: 'loss', a: 0.3, b: 0.1 + 0.2 }], notes: [] },
    ]);
  });

  test.each([
    ['without order between threads', { network: { updateMode: 'hogwild' } }, 0],
    ['for so many seconds', { budget: { seconds: 3, multiplyAdds: null } }, 0],
    ['for so many multiply-adds', { budget: { seconds: null, multiplyAdds: 3 } }, 1],
  ])('what is trained %s', (_, config, changed) => {
    const [a, b] = [0.3, 0.4].map((loss) => madeUp(point, 1, { loss }, {}, { config })) as [
      TrialRecord,
      TrialRecord,
    ];
    expect(compare([a], [b]).changed).toHaveLength(changed);
  });

  test('series, costs, configs, failures and what is missing are named', () => {
    const cost = { multiplyAdds: 5, comparisons: 0, additions: 0, words: 0, entries: 0, candidates: 0 };
    const a = madeUp(
      point,
      1,
      { loss: 1, recall: 1 },
      { series: { loss: [3, 2, 1], step: [1] }, cost: { all: cost } },
      {
        config: { optimizer: { rate: 0.1, name: 'adam' } },
      },
    );
    const b = madeUp(
      point,
      1,
      { loss: 1 },
      { series: { loss: [3, 2.5, 1], step: [1, 2] } },
      {
        config: { optimizer: { name: 'adam', rate: 0.2 } },
      },
    );
    expect(compare([a], [b]).changed).toEqual([
      {
        label: 'lsh, seed 1',
        numbers: [
          { name: 'series loss[1]', a: 2, b: 2.5 },
          { name: 'work', a: 5, b: 0 },
        ],
        notes: [
          'config.optimizer.rate: 0.1 against 0.2.',
          'recall is in the first only.',
          'The series step has 1 against 2 values.',
        ],
      },
    ]);
    const failed = madeUp(point, 1, {}, { error: { message: 'Out of memory.' } });
    expect(compare([madeUp(point, 1, { loss: 1 })], [failed]).changed).toEqual([
      {
        label: 'lsh, seed 1',
        numbers: [],
        notes: ['The first finished; the second failed (Out of memory.).'],
      },
    ]);
  });

  test('trials of one set only; trials of tuning are told apart by what they try', () => {
    const tune = (rate: number): TrialRecord =>
      madeUp(point, 9, { loss: rate }, {}, { stage: 'tune', tuned: { rate } });
    const { onlyA, onlyB, same } = compare(
      [tune(1), tune(2), madeUp(point, 1, {})],
      [tune(2), madeUp(point, 2, {})],
    );
    expect(same).toBe(1);
    expect(onlyA).toEqual(['lsh, seed 9, tuned {"rate":1}', 'lsh, seed 1']);
    expect(onlyB).toEqual(['lsh, seed 2']);
  });
});

test('the text says what differs by how much', () => {
  const a = [
    madeUp(point, 1, { loss: 2, secondsPerEpoch: 1 }),
    madeUp(point, 2, { loss: 1, secondsPerEpoch: 1 }),
  ];
  const b = [madeUp(point, 1, { loss: 2.5, secondsPerEpoch: 3 }), madeUp(point, 3, { loss: 1 })];
  expect(comparisonText(compare(a, b))).toBe(
    [
      '0 trials the same in all that is deterministic, 1 changed, 1 in the first only, 1 in the second only.',
      'lsh, seed 1:',
      '  loss: 2 -> 2.5 (+0.500, +25 %)',
      'In the first only: lsh, seed 2.',
      'In the second only: lsh, seed 3.',
      'secondsPerEpoch: 3.00 times the first’s, over 1 trial.',
    ].join('\n'),
  );
});
