import { describe, expect, test } from 'vitest';
import { parseOverride } from '../../src/engine/overrides.ts';
import { planPoints, planRun } from '../../src/engine/plan.ts';
import { planTuning } from '../../src/engine/plan-tuning.ts';
import { study } from './made-up.ts';

const labels = (points: ReturnType<typeof planPoints>): string[] =>
  points.map(({ point }) => Object.values(point).join(' '));

const only = (a: string) => study({ combinations: (point) => point['a'] === a });

describe('points', () => {
  test('are all combinations, with what each sets', () => {
    const points = planPoints(study());
    expect(labels(points)).toEqual(['one small', 'one large', 'two small', 'two large']);
    expect(points[2]?.config).toEqual({ a: 2, b: 3, choose: { kind: 'none' } });
  });

  test('a computed level sees what all plain ones have set, whatever the order', () => {
    const b = { double: (_: unknown, { a }: { a?: unknown }) => ({ b: (a as number) * 2 }) };
    const points = planPoints(study({ factors: { b, a: { five: { a: 5 } } } }));
    expect(points.map(({ config }) => config['b'])).toEqual([10]);
  });

  test('one at a time: the baseline, and what differs from it once', () => {
    const one = study({ combinations: 'oneAtATime', baseline: { a: 'one', b: 'small' } });
    expect(labels(planPoints(one))).toEqual(['one small', 'one large', 'two small']);
    expect(() => planPoints(study({ combinations: 'oneAtATime', baseline: { a: 'one' } }))).toThrow(
      'its baseline has no level of b',
    );
  });

  test('a filter keeps what it holds for; nothing left is refused', () => {
    expect(labels(planPoints(only('two')))).toEqual(['two small', 'two large']);
    expect(() => planPoints(only('three'))).toThrow('no combination of levels is left');
  });

  test('a factor that changes nothing is left out of a point, but only where it changes nothing', () => {
    const arm = { dense: { b: 0 }, sparse: {} };
    const factors = { b: { small: { b: 3 }, large: { b: 4 } }, arm };
    const whole = study({ factors });
    expect(planPoints(whole).map(({ point }) => point)).toEqual([
      { arm: 'dense' },
      { b: 'small', arm: 'sparse' },
      { b: 'large', arm: 'sparse' },
    ]);
    // With one level left the point is the same: its trials need not run again.
    const smaller = study({ factors: { ...factors, b: { small: { b: 3 } } } });
    expect(planPoints(smaller, [], whole).map(({ point }) => point)).toEqual([
      { arm: 'dense' },
      { b: 'small', arm: 'sparse' },
    ]);
  });

  test('a path that no point has is refused with what there is', () => {
    const wrong = study({ factors: { a: { one: { 'chose.kind': 'x' } } } });
    expect(() => planPoints(wrong)).toThrow(
      'The study sums: the level one of a sets chose.kind, which there is not. What can be set: a, b, choose, choose.kind.',
    );
  });

  test('a value of another type is refused', () => {
    const wrong = study({ factors: { a: { one: { a: 'x' } } } });
    expect(() => planPoints(wrong)).toThrow('The level one of a sets a to "x", but it is a number: 1.');
  });
});

describe('--set', () => {
  const hashing = study({
    factors: { arm: { none: {}, tables: { choose: { kind: 'tables', bits: 4 } } } },
  });

  test('several values make a factor where the path is, and only there', () => {
    const points = planPoints(hashing, [parseOverride('choose.bits=6,8')]);
    expect(points.map(({ point }) => point)).toEqual([
      { arm: 'none' },
      { arm: 'tables', 'choose.bits': '6' },
      { arm: 'tables', 'choose.bits': '8' },
    ]);
    expect(points[2]?.config['choose']).toEqual({ kind: 'tables', bits: 8 });
  });

  test('one value names no level; levels are computed from it', () => {
    const b = { double: (_: unknown, { a }: { a?: unknown }) => ({ b: (a as number) * 2 }) };
    const points = planPoints(study({ factors: { b } }), [parseOverride('a=7')]);
    expect(points).toEqual([{ point: { b: 'double' }, config: { a: 7, b: 14, choose: { kind: 'none' } } }]);
    const several = planPoints(study({ factors: { b } }), [parseOverride('a=7,8')]);
    expect(several.map(({ config }) => config['b'])).toEqual([14, 16]);
  });

  test('a value replaces that of a plain level, and computed levels are of it', () => {
    const factors = {
      a: { one: { a: 1 }, two: { a: 2 } },
      b: { double: (_: unknown, { a }: { a?: unknown }) => ({ b: (a as number) * 2 }) },
    };
    expect(planPoints(study({ factors }), [{ path: 'a', values: [7], texts: ['7'] }])).toEqual([
      { point: { b: 'double' }, config: { a: 7, b: 14, choose: { kind: 'none' } } },
    ]);
  });

  test('what there is not is refused with what can be set', () => {
    expect(() => planPoints(hashing, [parseOverride('choose.bit=1')])).toThrow(
      '--set sets choose.bit, which there is not. What can be set: a, b, choose, choose.bits, choose.kind.',
    );
    expect(() => planPoints(hashing, [parseOverride('a=x')])).toThrow(
      '--set sets a to "x", but it is a number: 1.',
    );
  });
});

describe('blocks', () => {
  test('one for each seed, all points in an order that the seed draws', () => {
    const factors = { a: Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`a${i}`, { a: i }])) };
    const many = study({ factors, seeds: [1, 2, 3] });
    const blocks = planRun(many, planPoints(many));
    expect(blocks.map(({ name }) => name)).toEqual(['seed 1', 'seed 2', 'seed 3']);
    const orders = blocks.map(({ trials }) => trials.map(({ point }) => point['a']).join());
    expect(new Set(orders).size).toBe(3);
    for (const { trials } of blocks) {
      expect(new Set(trials.map(({ point }) => point['a'])).size).toBe(8);
      expect(new Set(trials.map(({ seed }) => seed)).size).toBe(1);
    }
    expect(planRun(many, planPoints(many))).toEqual(blocks);
  });

  test('of tuning: one for each point, with every combination of the parameters that it has', () => {
    const tune = {
      parameters: { a: [1, 2], 'choose.bits': [4, 5, 6] },
      search: 'grid',
      seed: 9,
      metric: 'loss',
    } as const;
    const tuned = study({
      factors: { arm: { none: {}, tables: { choose: { kind: 'tables', bits: 4 } } } },
      tune,
    });
    const { blocks } = planTuning(tuned, tune, planPoints(tuned));
    expect(blocks.map(({ trials }) => trials.length)).toEqual([2, 6]);
    expect(blocks[1]?.trials[3]).toMatchObject({ stage: 'tune', seed: 9, tuned: { a: 2, 'choose.bits': 4 } });
    expect(blocks[1]?.trials[3]?.config).toMatchObject({ a: 2, choose: { bits: 4 } });
  });
});
