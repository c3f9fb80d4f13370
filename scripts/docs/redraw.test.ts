import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planPoints, planRun } from '../../packages/bench/src/engine/plan.ts';
import { RECORD_VERSION, type TrialRecord } from '../../packages/bench/src/engine/record.ts';
import { defineStudy, type Study } from '../../packages/bench/src/engine/study.ts';
import { thisMachine } from '../../packages/bench/src/engine/machine.ts';
import { keepRecords } from './kept-records.ts';
import { isWanted, plotProblems, plotted, problemsOf, redrawn, textOf } from './redraw.ts';
import { isPart, staleness } from './staleness.ts';
import type { DocsTable } from './tables.ts';

const study: Study = defineStudy({
  name: 'toy',
  question: 'Which is larger?',
  measure: () => ({ metrics: { size: 1 } }),
  base: { value: 0, options: { list: [1, 2] } },
  factors: { arm: { a: { value: 1 }, b: { value: 2 } } },
  seeds: [1, 2],
  metrics: [
    { name: 'size', title: 'size', unit: 'count', better: 'higher', deterministic: true, description: '' },
  ],
  report: [{ kind: 'table' }],
});

function recordsOf(of: Study): TrialRecord[] {
  return planRun(of, planPoints(of)).flatMap(({ name: block, trials }) =>
    trials.map((trial) => ({
      version: RECORD_VERSION,
      key: (10 * trial.seed + Number(trial.config['value'])).toString(16).padStart(64, '0'),
      trial,
      block,
      machine: thisMachine(),
      sources: {},
      startedAt: '2026-11-29T00:00:00.000Z',
      seconds: 1,
      shared: false,
      metrics: { size: Number(trial.config['value']) },
      series: {},
      cost: {},
      partSeconds: {},
    })),
  );
}

const table: DocsTable = {
  name: 'toy',
  file: 'README.md',
  study: { study, size: 'full' },
  draw: (records) =>
    records
      .map(({ metrics }) => metrics['size'])
      .toSorted()
      .join(' '),
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hashgrad-docs-'));
  writeFileSync(join(root, 'README.md'), '# Sizes\n<!-- table: toy -->\n<!-- end of table -->\n');
});
afterEach(() => rmSync(root, { recursive: true }));

/** As a study leaves them, and kept. */
function keep(records: readonly TrialRecord[]): void {
  mkdirSync(join(root, 'results'), { recursive: true });
  const lines = records.map((record) => `${JSON.stringify(record)}\n`);
  writeFileSync(join(root, 'results/records.jsonl'), lines.join(''));
  keepRecords(root, 'toy', join(root, 'results'));
}

test('a table without records, one that is not drawn, and one that is as it should be', () => {
  expect(problemsOf(root, table)).toEqual([
    'README.md, table toy: has no records in docs/records/toy.jsonl.gz. npm run hashgrad -- study toy --full makes records; ' +
      'npm run docs:tables -- --keep toy results/toy keeps them.',
  ]);
  expect(() => redrawn(root, table, '')).toThrow('has no records');
  keep(recordsOf(study));
  expect(problemsOf(root, table)).toEqual([
    'README.md, table toy: is not as its records have it. npm run docs:tables draws it anew.',
  ]);
  const path = join(root, 'README.md');
  writeFileSync(path, redrawn(root, table, readFileSync(path, 'utf8')));
  expect(readFileSync(path, 'utf8')).toContain('-->\n1 1 2 2\n<!--');
  expect(problemsOf(root, table)).toEqual([]);
});

test('a page that says how to settle a question, and then its answer', () => {
  const open = { ...table, unsettled: 'Run it.' };
  const path = join(root, 'README.md');
  expect(problemsOf(root, open)).toHaveLength(1);
  writeFileSync(path, redrawn(root, open, readFileSync(path, 'utf8')));
  expect(readFileSync(path, 'utf8')).toContain('-->\nRun it.\n<!--');
  expect(problemsOf(root, open)).toEqual([]);
  keep(recordsOf(study));
  expect(problemsOf(root, open)).toHaveLength(1);
  expect(redrawn(root, open, readFileSync(path, 'utf8'))).toContain('-->\n1 1 2 2\n<!--');
});

test('a page that there is only while records are kept', () => {
  const report = { ...table, file: 'report.md', blank: readFileSync(join(root, 'README.md'), 'utf8') };
  expect([isWanted(root, report), problemsOf(root, report)]).toEqual([false, []]);
  keep(recordsOf(study));
  expect([isWanted(root, report), problemsOf(root, report).length]).toEqual([true, 1]);
  writeFileSync(join(root, 'report.md'), redrawn(root, report, textOf(root, report)));
  expect(problemsOf(root, report)).toEqual([]);
});

test('a plot without records, one that is not there, one that is as it should be, and one that is not', () => {
  const plot = { file: 'sizes.svg', study: { study, size: 'full' as const }, draw: table.draw };
  expect(plotProblems(root, plot)[0]).toContain('sizes.svg: has no records in docs/records/toy.jsonl.gz.');
  expect(() => plotted(root, plot)).toThrow('has no records');
  keep(recordsOf(study));
  const other = 'sizes.svg: is not as its records have it. npm run docs:tables draws it anew.';
  expect(plotProblems(root, plot)).toEqual([other]);
  writeFileSync(join(root, 'sizes.svg'), plotted(root, plot));
  expect(plotProblems(root, plot)).toEqual([]);
  writeFileSync(join(root, 'sizes.svg'), '1 1 2 3');
  expect(plotProblems(root, plot)).toEqual([other]);
});

test('records of another study than there is now are stale', () => {
  const records = recordsOf(study);
  expect(staleness(study, 'full', records)).toEqual([]);
  expect(staleness(study, 'full', records.slice(1))).toEqual([
    expect.stringMatching(/^1 trial has no record, such as \{"arm":"[ab]"\}, seed 1\.$/),
  ]);
  expect(staleness({ ...study, seeds: [1] }, 'full', records)).toEqual([
    expect.stringMatching(/^2 trials are no part of the study any more, such as .*, seed 2\.$/),
  ]);
  const other = { ...study, factors: { arm: { a: { value: 1 }, b: { value: 3 } } } };
  expect(staleness(other, 'full', records)).toEqual([
    expect.stringMatching(/^2 trials have another config now, such as \{"arm":"b"\}, seed 1\.$/),
  ]);
  // An option that came later is taken to be what the records had.
  const newer = { ...study, base: { ...study.base, options: { list: [1, 2], more: 5 } } };
  expect(staleness(newer, 'full', records)).toEqual([]);
  keep(records.slice(1));
  expect(problemsOf(root, table)[0]).toMatch(/^README\.md, table toy: stale\. 1 trial has no record, /);
});

test('failed trials are not kept', () => {
  const [first, ...others] = recordsOf(study);
  const failed = { ...(first as TrialRecord), metrics: {}, error: { message: 'Out of paper.' } };
  expect(() => keep([failed, ...others])).toThrow('a trial failed, with: Out of paper.');
  expect(() => keep([])).toThrow('there are no records');
});

test('a part of a config has the same values, and all lists whole', () => {
  expect(isPart({ a: [1, { b: 2 }] }, { a: [1, { b: 2, c: 3 }], d: 4 })).toBe(true);
  for (const whole of [{ a: [1] }, { a: [1, { b: 3 }] }, { a: { 0: 1 } }, {}, null, [1]]) {
    expect(isPart({ a: [1, { b: 2 }] }, whole)).toBe(false);
  }
});
