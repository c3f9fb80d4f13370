import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inThisProcess } from '../../src/engine/executor.ts';
import type { Measure } from '../../src/engine/measure.ts';
import { planPoints } from '../../src/engine/plan.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { ownMetricsOf, type RunOptions, runStudy } from '../../src/engine/runner.ts';
import { readRecords, RECORDS_FILE, Store } from '../../src/engine/store.ts';
import type { Study } from '../../src/engine/study.ts';
import { measureOf } from '../../src/measures/index.ts';
import { study } from './made-up.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-runner-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(
  what: Study,
  options: Partial<RunOptions> = {},
  sources = {},
  name = 'run',
): Promise<TrialRecord[]> {
  using store = Store.open(join(folder, name), what.name);
  const executor = inThisProcess(measureOf(what), ownMetricsOf(what));
  return await runStudy({ study: what, points: planPoints(what), sources }, store, { executor, ...options });
}

/** The measure of the made-up study, which keeps the seeds and values that it is asked for. */
function counting(): { calls: string[]; measure: Measure } {
  const calls: string[] = [];
  const measure: Measure = async (config, { seed, progress }) => {
    calls.push(`${String(config['a'])} ${String(config['b'])} ${seed}`);
    await progress(0.5);
    return { metrics: { loss: (config['a'] as number) * 10 + (config['b'] as number) + seed / 1000 } };
  };
  return { calls, measure };
}

test('every trial is measured once and recorded, block after block', async () => {
  const { calls, measure } = counting();
  const records = await run(study({ measure }));
  expect(calls).toHaveLength(8);
  expect(new Set(calls).size).toBe(8);
  expect(records.map(({ block }) => block)).toEqual([...Array(4).fill('seed 1'), ...Array(4).fill('seed 2')]);
  for (const { trial, metrics, shared } of records) {
    const { a, b } = trial.config as { a: number; b: number };
    expect(metrics).toEqual({ loss: a * 10 + b + trial.seed / 1000 });
    expect(shared).toBe(false);
  }
  expect(new Set(records.map(({ key }) => key)).size).toBe(8);
});

describe('what is finished', () => {
  test('is not run again: not by the same study, one that grew, or one that is smaller', async () => {
    const { calls, measure } = counting();
    const first = await run(study({ measure }));
    expect(await run(study({ measure }))).toEqual(first);
    expect(calls).toHaveLength(8);
    expect(await run(study({ measure, seeds: [1, 2, 3] }))).toHaveLength(12);
    expect(calls).toHaveLength(12);
    expect(await run(study({ measure, seeds: [3] }))).toHaveLength(4);
    expect(calls).toHaveLength(12);
  });

  test('is run again when asked for, when its config changes, and when its sources do', async () => {
    const { calls, measure } = counting();
    await run(study({ measure }));
    await run(study({ measure }), { again: 'all' });
    expect(calls).toHaveLength(16);
    await run(study({ measure, base: { a: 1, b: 1, choose: { kind: 'other' } } }));
    expect(calls).toHaveLength(24);
    await run(study({ measure }), {}, { 'mine.ts': 'changed' });
    expect(calls).toHaveLength(32);
    expect(await run(study({ measure }))).toHaveLength(8);
    expect(calls).toHaveLength(32);
  });
});

describe('a trial that fails', () => {
  let broken = true;
  const failing: Measure = (config, { seed }) => {
    if (broken && config['a'] === 2 && seed === 1) throw new Error(`no ${String(config['b'])}`);
    return { metrics: { loss: broken && config['b'] === 4 && seed === 2 ? NaN : 1 } };
  };

  test('is a record with its error, and the others run; again only when asked for', async () => {
    broken = true;
    const records = await run(study({ measure: failing }));
    const errors = records.flatMap(({ error }) => error?.message ?? []).toSorted();
    const notFinite = 'What the measure gave: "metrics.loss" should be a finite number, but is NaN.';
    expect(errors).toEqual([notFinite, notFinite, 'no 3', 'no 4']);
    for (const { error, metrics } of records) expect(error === undefined).toBe('loss' in metrics);
    broken = false;
    expect(await run(study({ measure: failing }))).toEqual(records);
    const again = await run(study({ measure: failing }), { again: 'failed' });
    expect(again.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(again).toHaveLength(8);
  });
});

test.each([
  ['nothing', undefined, '"metrics" should be an object, but is missing.'],
  ['a text', { metrics: { loss: 'low' } }, '"metrics.loss" should be a finite number, but is "low".'],
  ['no value', { metrics: { loss: undefined } }, '"metrics.loss" should be a finite number, but is missing.'],
  ['a BigInt', { metrics: { loss: 3n } }, '"metrics.loss" should be a finite number, but is 3.'],
  [
    'a typed array',
    { metrics: { loss: 1 }, series: { loss: new Float32Array(1) } },
    '"series.loss" should be a list, but is {"0":0}.',
  ],
  [
    'some counts only',
    { metrics: { loss: 1 }, cost: { forward: { multiplyAdds: 1 } } },
    '"cost.forward.comparisons" should be a finite number, but is missing.',
  ],
])('a measure that gives %s: its trials fail, and the folder can be read', async (_, given, message) => {
  const records = await run(study({ measure: (() => given) as never }));
  expect(new Set(records.map(({ error }) => error?.message))).toEqual(
    new Set([`What the measure gave: ${message}`]),
  );
  expect(readRecords(join(folder, 'run', RECORDS_FILE))).toHaveLength(8);
});

test('what a measure gives beside its fields does not come into the record', async () => {
  const given = { metrics: { loss: 1 }, key: 'mine', trial: 'mine' };
  const [first] = await run(study({ measure: () => given }));
  expect(first).toMatchObject({ key: expect.stringMatching(/^[0-9a-f]{64}$/), trial: { study: 'sums' } });
});

test('one that is stopped goes on where it was', async () => {
  const { calls, measure } = counting();
  const stop = new AbortController();
  const stopping: Measure = (config, context) => {
    if (calls.length === 3) stop.abort(new Error('stopped'));
    return measure(config, context);
  };
  await expect(run(study({ measure: stopping }), { signal: stop.signal })).rejects.toThrow('stopped');
  expect(calls).toHaveLength(4);
  // The fourth was in hand: it was given up.
  expect(await run(study({ measure }))).toHaveLength(8);
  expect(calls).toHaveLength(9);
});

test('a record that cannot be written stops the study', async () => {
  const { calls, measure } = counting();
  const what = study({ measure });
  using store = Store.open(folder, what.name, () => {
    throw new Error('ENOSPC');
  });
  const executor = inThisProcess(measureOf(what), ownMetricsOf(what));
  const running = runStudy({ study: what, points: planPoints(what), sources: {} }, store, {
    executor,
    jobs: 2,
  });
  await expect(running).rejects.toThrow('a record could not be written (ENOSPC)');
  expect(calls.length).toBeLessThanOrEqual(2);
});

const content = (records: TrialRecord[]): unknown[] =>
  records.map(({ key, metrics }) => [key, metrics]).toSorted();

test('several blocks at once: the same records, marked as shared', async () => {
  const { measure } = counting();
  const one = await run(study({ measure }), {}, {}, 'one');
  const two = await run(study({ measure }), { jobs: 2 }, {}, 'two');
  expect(content(two)).toEqual(content(one));
  expect(two.every(({ shared }) => shared)).toBe(true);
});

const ofItsConfig: Measure = (config, { own }) => ({ metrics: { loss: 1, ...own(config) } });

test('the study’s own metrics are computed of what the measure gives it', async () => {
  const double = {
    name: 'double',
    title: '',
    unit: 'count',
    better: 'higher',
    deterministic: true,
    description: '',
  } as const;
  const metrics = ['loss', { ...double, of: (config: unknown) => (config as { a: number }).a * 2 }];
  const records = await run(study({ measure: ofItsConfig, metrics, seeds: [1] }));
  expect(records.map((record) => record.metrics['double']).toSorted()).toEqual([2, 2, 4, 4]);
});

// The best b is that of a: 1 or 2. In the run, the test part says otherwise, which must not matter.
const byStage: Measure = ({ a, b }, { stage }) => ({
  metrics: { loss: stage === 'tune' ? ((a as number) - (b as number)) ** 2 : (b as number) },
});

describe('tuning', () => {
  const tune = { parameters: { b: [1, 2, 3, 4] }, search: 'grid', seed: 9, metric: 'loss' } as const;
  const tuned = study({ measure: byStage, tune, factors: { a: { one: { a: 1 }, two: { a: 2 } } } });

  test('is a stage of trials like any other, and the run takes the best of each point', async () => {
    const records = await run(tuned);
    const stages = Map.groupBy(records, ({ trial }) => trial.stage);
    expect(stages.get('tune')).toHaveLength(8);
    expect(
      stages
        .get('run')
        ?.map(({ trial }) => [trial.point['a'], trial.tuned, trial.config['b']])
        .toSorted(),
    ).toEqual([
      ['one', { b: 1 }, 1],
      ['one', { b: 1 }, 1],
      ['two', { b: 2 }, 2],
      ['two', { b: 2 }, 2],
    ]);
    expect(await run(tuned)).toEqual(records);
  });

  test('is refused where there is nothing to tune', async () => {
    await expect(run(study(), { stage: 'tune' })).rejects.toThrow('The study sums has nothing to tune.');
  });

  test('the run waits for it', async () => {
    await expect(run(tuned, { stage: 'run' })).rejects.toThrow('8 of its 8 trials are missing');
    expect(await run(tuned, { stage: 'tune', shard: { index: 1, count: 2 } })).toHaveLength(4);
    await expect(run(tuned, { stage: 'run' })).rejects.toThrow('4 of its 8 trials are missing');
    expect(await run(tuned, { stage: 'tune' })).toHaveLength(8);
    expect(await run(tuned, { stage: 'run' })).toHaveLength(12);
  });
});
