import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inThisProcess } from '../../src/engine/executor.ts';
import type { Measure } from '../../src/engine/measure.ts';
import { mergeRecords } from '../../src/engine/merge.ts';
import { planPoints } from '../../src/engine/plan.ts';
import { planTuning, tuningSize } from '../../src/engine/plan-tuning.ts';
import type { Config, TrialRecord } from '../../src/engine/record.ts';
import { ownMetricsOf, type RunOptions, runStudy } from '../../src/engine/runner.ts';
import { Store } from '../../src/engine/store.ts';
import { defineStudy, type Study } from '../../src/engine/study.ts';
import { rungsOf, type Tuning } from '../../src/engine/tuning.ts';
import { measureOf } from '../../src/measures/index.ts';
import { renderReport } from '../../src/report/report.ts';
import { study } from './made-up.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-tuning-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(what: Study, options: Partial<RunOptions> = {}, name = 'run'): Promise<TrialRecord[]> {
  using store = Store.open(join(folder, name), what.name);
  const executor = inThisProcess(measureOf(what), ownMetricsOf(what));
  const request = { study: what, points: planPoints(what), sources: {} };
  return await runStudy(request, store, { executor, ...options });
}

const random = {
  parameters: { b: { from: 0.001, to: 1, scale: 'log' }, 'choose.bits': { from: 1, to: 12, whole: true } },
  search: 'random',
  trials: 40,
  seed: 9,
  metric: 'loss',
} as const satisfies Tuning;

const arms = { none: {}, tables: { choose: { kind: 'tables', bits: 4 } }, other: { a: 2 } };

function tunedValues(tune: Tuning, factors: Study['factors'] = { arm: arms }): Config[][] {
  const what = study({ tune, factors, base: { a: 1, b: 1, epochs: 8, choose: { kind: 'none' } } });
  return planTuning(what, tune, planPoints(what)).blocks.map(({ trials }) =>
    trials.map(({ tuned }) => tuned),
  );
}

describe('a random search', () => {
  test('draws as many settings for each arm, each once, and the same for what arms have in common', () => {
    const [none = [], tables = [], other = []] = tunedValues(random);
    for (const arm of [none, tables, other])
      expect(new Set(arm.map((each) => JSON.stringify(each))).size).toBe(40);
    expect(other).toEqual(none);
    expect(tables.slice(0, 5).map(({ b }) => b)).toEqual(none.slice(0, 5).map(({ b }) => b));
    const values = none.map(({ b }) => b as number);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0.001);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    // Half of the logarithms lie below the middle one; evenly drawn numbers would lie there three times in a hundred.
    const below = values.filter((value) => value < 10 ** -1.5).length;
    expect(below).toBeGreaterThan(10);
    expect(below).toBeLessThan(30);
    const bits = tables.map((each) => each['choose.bits'] as number);
    expect(bits.every((each) => Number.isInteger(each) && each >= 1 && each <= 12)).toBe(true);
    expect(new Set(bits).size).toBeGreaterThan(6);
    expect(bits.some((each) => each === 12)).toBe(true);
    expect(tunedValues({ ...random, seed: 10 })[0]).not.toEqual(none);
  });

  test('of lists draws some of the combinations; an arm that has fewer tries all', () => {
    const parameters = { b: [1, 2, 3], 'choose.bits': [4, 5, 6, 7] };
    const [none, tables = []] = tunedValues({ ...random, parameters, trials: 5 });
    expect(none).toEqual([{ b: 1 }, { b: 2 }, { b: 3 }]);
    expect(tables).toHaveLength(5);
    expect(new Set(tables.map((each) => JSON.stringify(each))).size).toBe(5);
  });
});

test.each<[Partial<Record<keyof Tuning | 'trials' | 'factor', unknown>>, string]>([
  [{ search: 'best' }, 'there is no search "best"; there are grid, random and halving'],
  [{ trials: undefined }, 'a random search has a number of trials, at least 1; got undefined'],
  [{ search: 'halving', factor: 1 }, 'the factor of halving is a whole number of at least 2; got 1'],
  [{ search: 'halving', parameters: { epochs: [1] } }, 'successive halving varies the epochs itself'],
])('a search that is none is refused: %j', (change, message) => {
  expect(() => defineStudy(study({ tune: { ...random, ...change } as unknown as Tuning }))).toThrow(message);
});

test.each<[Partial<Tuning>, string]>([
  [{ search: 'grid' }, 'A grid has values of b, no range: give it a list.'],
  [
    { parameters: { b: { from: 2, to: 1 } } },
    'The range of b goes from a number to a greater one; got 2 to 1.',
  ],
  [{ parameters: { b: { from: 0, to: 1, scale: 'log' } } }, 'both above 0; got 0 to 1'],
  [{ parameters: { b: { from: 1.2, to: 2.4, whole: true } } }, 'The range of b has no two whole numbers.'],
  [{ parameters: { c: [1] } }, 'The tuning of sums sets c, which there is not.'],
])('candidates that are none are refused: %j', (change, message) => {
  expect(() => tunedValues({ ...random, ...change } as Tuning)).toThrow(message);
});

test('rungs: the fewer settings, the more epochs, up to all of them', () => {
  expect(rungsOf(8, 2, 4)).toEqual([
    { settings: 8, epochs: 1 },
    { settings: 4, epochs: 2 },
    { settings: 2, epochs: 4 },
  ]);
  expect(rungsOf(10, 3, 27)).toEqual([
    { settings: 10, epochs: 3 },
    { settings: 3, epochs: 9 },
    { settings: 1, epochs: 27 },
  ]);
  expect(rungsOf(5, 2, 1)).toEqual([{ settings: 5, epochs: 1 }]);
});

function content(records: readonly TrialRecord[]): unknown[] {
  return records.map(({ key, metrics }) => [key, metrics]).toSorted();
}

/**
 * The loss of b in the end is its distance from 5, from above for the arm 'two'. With few epochs all losses are smaller,
 * b = 8 looks best of all, and b = 3 fails.
 */
const measure: Measure = ({ a, b, epochs }, { stage }) => {
  if (b === 3) throw new Error('b is 3');
  const late = Math.abs((b as number) - (a === 2 ? 6 : 5)) + 10;
  const early = b === 8 ? 0 : late - 10 + (a as number);
  return {
    metrics: { loss: stage === 'run' ? 100 + (epochs as number) : (epochs as number) < 4 ? early : late },
  };
};
const halving = {
  parameters: { b: [1, 2, 3, 4, 5, 6, 7, 8] },
  search: 'halving',
  trials: 8,
  seed: 9,
  metric: 'loss',
} as const;
const tuned = study({
  measure,
  tune: halving,
  base: { a: 1, b: 1, epochs: 4 },
  factors: { a: { one: { a: 1 }, two: { a: 2 } } },
});
const triedBy = (records: readonly TrialRecord[], point: string): Config[] =>
  records.flatMap(({ trial }) => (trial.stage === 'tune' && trial.point['a'] === point ? [trial.tuned] : []));

describe('successive halving', () => {
  test('trains the better half for twice as long, and the run takes the best of the last', async () => {
    const records = await run(tuned);
    const tried = triedBy(records, 'one');
    expect(tried.map(({ epochs }) => epochs)).toEqual([...Array(8).fill(1), ...Array(4).fill(2), 4, 4]);
    expect(tried.slice(8).map(({ b }) => b)).toEqual([8, 5, 4, 6, 8, 5]);
    // The same budget for each arm.
    expect(triedBy(records, 'two').map(({ epochs }) => epochs)).toEqual(tried.map(({ epochs }) => epochs));
    expect(tuningSize(tuned, planPoints(tuned))).toBe(2 * tried.length);
    const runs = records.filter(({ trial }) => trial.stage === 'run');
    expect(
      runs.map(({ trial }) => [trial.point['a'], trial.tuned, trial.config['epochs']]).toSorted(),
    ).toEqual([
      ['one', { b: 5 }, 4],
      ['one', { b: 5 }, 4],
      ['two', { b: 6 }, 4],
      ['two', { b: 6 }, 4],
    ]);
    // Nothing is run again, and the report chooses as the run did.
    expect(await run(tuned)).toEqual(records);
    const { markdown } = renderReport({ ...tuned, report: [{ kind: 'tuning' }] }, records);
    expect(markdown).toMatch(/\| one \| 14 \| b = 5, epochs = 4 \|/);
    expect(markdown).toContain('28 trials of tuning (successive halving)');
  });

  test('over shards: tuned in two, merged, and run', async () => {
    const whole = await run(tuned);
    await run(tuned, { stage: 'tune', shard: { index: 1, count: 2 } }, 'first');
    await run(tuned, { stage: 'tune', shard: { index: 2, count: 2 } }, 'second');
    await expect(run(tuned, { stage: 'run' }, 'first')).rejects.toThrow(
      'is not finished: 8 of its 22 trials',
    );
    {
      using first = Store.open(join(folder, 'first'), 'sums');
      using second = Store.open(join(folder, 'second'), 'sums');
      using merged = Store.open(join(folder, 'merged'), 'sums');
      const records = [first, second].map(({ path, records: list }) => ({ path, records: list }));
      for (const record of mergeRecords(records)) merged.append(record);
    }
    expect(content(await run(tuned, { stage: 'run' }, 'merged'))).toEqual(content(whole));
  });

  test('needs a number of epochs', () => {
    const none = { ...tuned, base: { a: 1, b: 1, epochs: null } };
    expect(() => planTuning(none, halving, planPoints(none))).toThrow('the config has epochs null');
  });
});
