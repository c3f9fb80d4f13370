import { describe, expect, test } from 'vitest';
import { mergeRecords } from '../../src/engine/merge.ts';
import { inShard, parseShard } from '../../src/engine/shard.ts';
import { record, trial } from './made-up.ts';

const file = (path: string, ...records: ReturnType<typeof record>[]) => ({ path, records });

describe('merging', () => {
  test('joins by key; times may differ', () => {
    const [a, b] = [record(), record({ key: 'b'.repeat(64) })];
    const slower = record({
      seconds: 9,
      metrics: { ...a.metrics, secondsPerEpoch: 8 },
      series: { ...a.series, seconds: [3, 4] },
    });
    expect(mergeRecords([file('A', a), file('B', slower, b)])).toEqual([a, b]);
  });

  test('refuses two records of one trial that differ in a bit', () => {
    const near = 0.1 + 2 ** -55;
    expect(near).not.toBe(0.1);
    const cases = [
      { metrics: { loss: near, secondsPerEpoch: 2 } },
      { metrics: { secondsPerEpoch: 2 } },
      { series: { loss: [0.5, near], seconds: [1, 2] } },
      { cost: {} },
    ];
    for (const change of cases) {
      expect(() => mergeRecords([file('A', record()), file('B', record(change))])).toThrow(
        /^one, seed 1: (loss|series loss|cost) is .* in A, but .* in B\. The same trial gives the same numbers everywhere/,
      );
    }
  });

  test('does not compare Hogwild’s', () => {
    const config = { network: { updateMode: 'hogwild' } };
    const hogwild = (loss: number) => record({ trial: trial({ config }), metrics: { loss } });
    expect(mergeRecords([file('A', hogwild(1)), file('B', hogwild(2))])).toEqual([hogwild(1)]);
  });

  test('a trial that finished anywhere counts as finished', () => {
    const failed = record({ metrics: {}, series: {}, cost: {}, error: { message: 'no' } });
    expect(mergeRecords([file('A', failed), file('B', record())])).toEqual([record()]);
    expect(mergeRecords([file('A', failed), file('B', failed)])).toEqual([failed]);
  });

  test('refuses several studies', () => {
    const other = record({ key: 'b'.repeat(64), trial: trial({ study: 'other' }) });
    expect(() => mergeRecords([file('A', record()), file('B', other)])).toThrow(
      'of several studies, sums, other',
    );
  });
});

describe('shards', () => {
  const blocks = ['a', 'a', 'b', 'c', 'b', 'd'].map((block, index) => ({ block, index }));

  test('are whole blocks, and together all of them', () => {
    const parts = [1, 2, 3].map((index) => inShard(blocks, { index, count: 3 }));
    expect(parts.map((part) => [...new Set(part.map(({ block }) => block))].join())).toEqual([
      'a,d',
      'b',
      'c',
    ]);
    expect(parts.flat().toSorted((a, b) => a.index - b.index)).toEqual(blocks);
  });

  test('are numbered from 1', () => {
    expect(parseShard('2/3')).toEqual({ index: 2, count: 3 });
    for (const text of ['0/3', '4/3', '1', '1/0', 'x'])
      expect(() => parseShard(text)).toThrow(`got "${text}"`);
  });
});
