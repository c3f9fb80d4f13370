import { mean } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { randomStream } from '@hashgrad/kernels';
import { contrasts, rowSeries, shownInterval, type Contrast } from '../../src/analysis/contrasts.ts';
import { pairedDifference } from '../../src/analysis/paired.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { madeUp, records, SEEDS, study } from '../made-up.ts';

const pair: Contrast = { arms: [{ arm: 'a' }, { arm: 'b' }], metric: 'accuracy.sparse' };
const facts = (...list: Contrast[]) => ({ metrics: ['accuracy.sparse'], seeds: [1, 2, 3], contrasts: list });

/** Records of two arms, a value for each seed. */
function arms(a: readonly number[], b: readonly number[], changes: Partial<TrialRecord> = {}): TrialRecord[] {
  return [a, b].flatMap((values, arm) =>
    values.map((value, seed) =>
      madeUp({ arm: 'ab'[arm] as string }, seed, { 'accuracy.sparse': value }, changes),
    ),
  );
}

/** Times of two arms, of which the first takes about twice as long. */
function timed(changes: Partial<TrialRecord>): TrialRecord[] {
  return [2, 2.1, 2.05].flatMap((ratio, seed) => [
    madeUp({ arm: 'a' }, seed, { secondsPerEpoch: 3 * ratio }),
    madeUp({ arm: 'b' }, seed, { secondsPerEpoch: 3 }, changes),
  ]);
}

function series(values: readonly number[]): TrialRecord['series'] {
  return { [rowSeries('accuracy.sparse')]: values };
}

describe('contrasts', () => {
  test('pairs by seed: what a seed does to both arms does not count', () => {
    const [outcome] = contrasts(facts(pair), arms([0.5, 0.7, 0.9], [0.49, 0.688, 0.891]));
    expect(outcome?.difference).toEqual(pairedDifference([0.5 - 0.49, 0.7 - 0.688, 0.9 - 0.891]));
    expect(outcome).toMatchObject({
      decision: 'better',
      seeds: [0, 1, 2],
      comparisons: 1,
      seedsNeeded: null,
    });
  });

  test('takes only seeds that both have, and none that failed', () => {
    const list = arms([0.5, 0.7, 0.9], [0.4, 0.6, 0.8]).toSpliced(3, 1);
    const failed = list.with(1, { ...list[1]!, error: { message: 'x' }, metrics: {} });
    expect(contrasts(facts(pair), list)[0]?.seeds).toEqual([1, 2]);
    expect(contrasts(facts(pair), failed)[0]?.seeds).toEqual([2]);
    expect(contrasts(facts(pair), failed)[0]).toMatchObject({
      decision: 'undecided',
      p: null,
      seedsNeeded: null,
    });
  });

  test('the direction is the metric’s', () => {
    const loss = { ...pair, metric: 'loss' };
    const lower = arms([], []).concat(
      [1, 1.01, 1.02].map((value, seed) => madeUp({ arm: 'a' }, seed, { loss: value })),
      [2, 2.02, 2.01].map((value, seed) => madeUp({ arm: 'b' }, seed, { loss: value })),
    );
    expect(contrasts({ ...facts(loss), metrics: ['loss'] }, lower)[0]?.decision).toBe('better');
    expect(contrasts(facts(pair), arms([0.1, 0.11, 0.1], [0.5, 0.5, 0.5]))[0]?.decision).toBe('worse');
  });

  test('no difference is said only within the margin, half a point for shares', () => {
    const close = arms([0.5, 0.7, 0.9], [0.5003, 0.7, 0.8998]);
    expect(contrasts(facts(pair), close)[0]).toMatchObject({ decision: 'equivalent', margin: 0.005 });
    expect(contrasts(facts({ ...pair, margin: 0.0001 }), close)[0]?.decision).toBe('undecided');
    expect(contrasts(facts({ ...pair, margin: 0 }), close)[0]).toMatchObject({
      decision: 'undecided',
      equivalence: null,
    });
  });

  test('what one comparison decides, many do not', () => {
    // p is 0.02 alone.
    const list = arms([0.51, 0.72, 0.92, 0.6], [0.5, 0.7, 0.9, 0.59]);
    const [alone] = contrasts(facts(pair), list);
    expect(alone?.p).toBeGreaterThan(0.005);
    expect(alone?.decision).toBe('better');
    const many = contrasts(facts(...Array.from({ length: 10 }, () => pair)), list);
    for (const outcome of many) {
      expect(outcome).toMatchObject({ comparisons: 10, decision: 'undecided' });
      expect(outcome.p).toBeCloseTo(10 * (alone?.p as number), 9);
      expect(outcome.seedsNeeded).toBeGreaterThan(4);
    }
  });

  test('each level of the other factors is compared with itself; a factor that an arm lacks fits all', () => {
    const outcomes = contrasts(study, records());
    const places = (index: number) =>
      outcomes
        .filter(({ contrast }) => contrast === study.contrasts[index])
        .map(({ where }) => where['fraction']);
    expect(places(0)).toEqual(['2.5 %', '5 %', '10 %']);
    expect(places(4)).toEqual(['2.5 %', '5 %', '10 %']);
    const toChance = outcomes.filter(({ contrast }) => contrast === study.contrasts[0]);
    expect(toChance.map(({ seeds }) => seeds.length)).toEqual([5, 4, 5]);
    expect(toChance.every(({ decision }) => decision === 'better')).toBe(true);
  });

  test('times are ratios, within a block and on an unshared machine only', () => {
    const seconds = { ...pair, metric: 'secondsPerEpoch' };
    const of = (changes: Partial<TrialRecord>) =>
      contrasts({ ...facts(seconds), metrics: ['secondsPerEpoch'] }, timed(changes))[0];
    expect(of({})).toMatchObject({ decision: 'worse' });
    expect(Math.exp(of({})?.difference?.mean as number)).toBeCloseTo((2 * 2.1 * 2.05) ** (1 / 3), 9);
    expect(of({ block: 'another' })?.decision).toBe('unmeasured');
    expect(of({ shared: true })?.decision).toBe('unmeasured');
  });

  test('at equal cost the second arm is read off its curve', () => {
    const zero = { multiplyAdds: 0, comparisons: 0, additions: 0, words: 0, entries: 0, candidates: 0 };
    const list = [1, 2].flatMap((seed) => [
      madeUp(
        { arm: 'a', size: '1' },
        seed,
        { 'accuracy.sparse': 0.8 },
        { cost: { all: { ...zero, multiplyAdds: 10 } } },
      ),
      ...[1, 100].map((multiplyAdds, i) =>
        madeUp(
          { arm: 'b', size: `${i}` },
          seed,
          { 'accuracy.sparse': 0.5 + 0.2 * i + seed / 100 },
          {
            cost: { all: { ...zero, multiplyAdds } },
          },
        ),
      ),
    ]);
    const [outcome, ...others] = contrasts(facts({ ...pair, at: { cost: 'work', along: 'size' } }), list);
    expect(others).toEqual([]);
    expect(outcome?.difference?.mean).toBeCloseTo(0.8 - (0.6 + 0.015), 12);
    // Cheaper than anything on the curve: nothing is known.
    const cheap = list.map((record) =>
      record.trial.point['arm'] === 'a'
        ? { ...record, cost: { all: { ...zero, multiplyAdds: 0.1 } } }
        : record,
    );
    expect(contrasts(facts({ ...pair, at: { cost: 'work', along: 'size' } }), cheap)[0]?.decision).toBe(
      'unmeasured',
    );
  });

  test('at equal seconds, seconds are compared within a block and on an unshared machine only', () => {
    const at = { cost: 'secondsPerEpoch', along: 'size' };
    const of = (changes: Partial<TrialRecord>) =>
      contrasts(
        facts({ ...pair, at }),
        [1, 2].flatMap((seed) => [
          madeUp({ arm: 'a', size: '1' }, seed, { 'accuracy.sparse': 0.8, secondsPerEpoch: 2 }),
          ...[1, 4].map((secondsPerEpoch) =>
            madeUp(
              { arm: 'b', size: `${secondsPerEpoch}` },
              seed,
              { 'accuracy.sparse': 0.5 + seed / 100, secondsPerEpoch },
              changes,
            ),
          ),
        ]),
      )[0];
    expect(of({})?.difference?.mean).toBeCloseTo(0.8 - 0.515, 12);
    expect(of({ block: 'another' })?.decision).toBe('unmeasured');
    expect(of({ shared: true })?.decision).toBe('unmeasured');
  });

  test('where rows are there, the choice of test rows is doubted too', () => {
    const random = randomStream(1, 'rows');
    // All seeds agree on few rows: over seeds alone the difference is sure.
    const rows = Array.from({ length: 20 }, () => (random.uniform() < 0.4 ? 1 : 0));
    const other = rows.map((row, i) => (i === 0 ? 0 : row === 1 && i < 3 ? 0 : row));
    const list = SEEDS.flatMap((seed) => [
      madeUp(
        { arm: 'a' },
        seed,
        { 'accuracy.sparse': mean([...rows]) + 0.0001 * seed },
        { series: series(rows) },
      ),
      madeUp({ arm: 'b' }, seed, { 'accuracy.sparse': mean([...other]) }, { series: series(other) }),
    ]);
    const [outcome] = contrasts(facts(pair), list);
    expect(outcome?.p).toBeLessThan(0.001);
    expect(outcome?.rows?.low).toBe(0);
    expect(outcome?.decision).toBe('undecided');
    expect(shownInterval(outcome!)).toEqual({ low: 0, high: outcome?.rows?.high });
    expect(
      contrasts(
        facts(pair),
        list.map((record) => ({ ...record, series: {} })),
      )[0]?.decision,
    ).toBe('better');
  });

  test('arms that are the same on each seed’s mean, but not row by row, are not called equivalent', () => {
    const random = randomStream(2, 'rows');
    const rows = Array.from({ length: 30 }, () => random.normal());
    const centred = rows.map((row) => row - mean(rows));
    const list = SEEDS.flatMap((seed) => [
      madeUp({ arm: 'a' }, seed, { 'accuracy.sparse': 0.5 }, { series: series(centred) }),
      madeUp(
        { arm: 'b' },
        seed,
        { 'accuracy.sparse': 0.5 + seed * 1e-5 },
        { series: series(rows.map(() => 0)) },
      ),
    ]);
    expect(contrasts(facts(pair), list)[0]?.decision).toBe('undecided');
    expect(contrasts(facts({ ...pair, margin: 1 }), list)[0]?.decision).toBe('equivalent');
  });

  test('without planned ones the baseline is compared with; without records nothing is measured', () => {
    const { contrasts: _, ...unplanned } = study;
    const outcomes = contrasts(unplanned, records());
    expect(outcomes).toHaveLength(15);
    expect(new Set(outcomes.map(({ contrast }) => contrast.arms[1]['arm']))).toEqual(new Set(['dense']));
    expect(contrasts(facts(pair), [])).toMatchObject([{ decision: 'unmeasured', difference: null }]);
  });
});
