import { describe, expect, test } from 'vitest';
import { consoleProgress } from '../../src/cli/console-progress.ts';
import { keyOf } from '../../src/engine/key.ts';
import { planPoints, planRun, type PlannedTrial } from '../../src/engine/plan.ts';
import { TimeLeft } from '../../src/engine/progress.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { record, study } from '../engine/made-up.ts';

const what = study();
const planned: PlannedTrial[] = planRun(what, planPoints(what)).flatMap(({ name, trials }) =>
  trials.map((trial) => ({ trial, key: keyOf(trial, {}), block: name })),
);

function done({ trial, key, block }: PlannedTrial, seconds: number, change: object = {}): TrialRecord {
  return record({ trial, key, block, seconds, ...change });
}

const table = (records: readonly TrialRecord[]): string => `table of ${records.length}`;

/** Runs all trials at once on paper: each takes 10 s of a clock that only this function moves. */
function run(isTTY: boolean, columns = 200): string[] {
  const written: string[] = [];
  let clock = 0;
  const output = { isTTY, rows: 24, columns, write: (text: string) => written.push(text) };
  const progress = consoleProgress(what, table, output, () => clock);
  progress.start(planned.slice(1), [done(planned[0]!, 10)], 1);
  for (const [index, trial] of planned.slice(1).entries()) {
    progress.begin(trial);
    clock += 5;
    progress.progress(trial, 0.5);
    clock += 5;
    progress.end(done(trial, 10, index === 2 ? { metrics: {}, error: { message: 'no luck' } } : {}));
  }
  progress.stop();
  return written;
}

test('without a terminal: a line for each trial, with the time left', () => {
  const lines = run(false);
  expect(lines[0]).toBe('1 of 8 trials are finished already.\n');
  expect(lines).toHaveLength(8);
  expect(lines[1]).toMatch(
    /^\[2\/8\] (one|two), (small|large), seed 1: loss 0\.100; 10\.0 s, 1 min 00 s left\n$/,
  );
  expect(lines[3]).toMatch(/^\[4\/8\] .*, seed 1: FAILED: no luck, 40 s left\n$/);
  expect(lines[7]).toMatch(/^\[8\/8\] .*; 10\.0 s\n$/);
});

/** What a terminal shows in the end: each clearing takes back the lines above it. */
function screen(written: readonly string[]): string[] {
  let lines: string[] = [];
  for (const text of written) {
    if (text.startsWith('\u001B[')) lines = lines.slice(0, -Number.parseInt(text.slice(2), 10));
    else lines = [...lines, ...text.replace(/\n$/, '').split('\n')];
  }
  return lines;
}

test('on a terminal: the table and a bar in place, of which only errors are left', () => {
  const written = run(true);
  expect(screen(written)).toEqual([expect.stringMatching(/seed 1: no luck/)]);
  // Half of the fourth trial is done, and nothing had failed yet.
  const halfway = written.findLastIndex((text) => text.includes('table of 3') && text.includes('left |'));
  const shown = screen(written.slice(0, halfway + 1));
  expect(shown).toHaveLength(2);
  expect(shown[0]).toBe('table of 3');
  expect(shown[1]).toMatch(/^█{13}░{17} 3\/8 trials, 45 s left \| .*, seed 1$/);
});

describe('the time left', () => {
  const [a, b] = planned as [PlannedTrial, PlannedTrial];

  test('is not known at first, then that of the same point, else of all, over the jobs', () => {
    const left = new TimeLeft();
    expect(left.left([a])).toBeUndefined();
    left.finished(done(a, 4));
    expect(left.left([a, b])).toBe(8);
    left.finished(done(b, 8));
    expect(left.left([a, b])).toBe(12);
    left.start([], Infinity);
    const running = { trial: a, done: 0, seconds: 0 };
    expect(left.left([b], [running, running])).toBe((8 + 4 + 4) / 2);
    left.start([], 2);
    expect(left.left([a, b])).toBe(6);
  });

  test('of a trial that runs goes by its own pace; failures teach nothing', () => {
    const left = new TimeLeft();
    left.finished(done(a, 1, { error: { message: 'no' } }));
    expect(left.left([b], [{ trial: a, done: 0.25, seconds: 5 }])).toBe(15 + 20);
    left.finished(done(a, 100));
    expect(left.left([], [{ trial: a, done: 0.5, seconds: 5 }])).toBe(5);
  });
});

test('on a narrow terminal no line is wrapped', () => {
  const lines = run(true, 20)
    .filter((text) => !text.startsWith('\u001B[') && !text.includes('no luck'))
    .flatMap((text) => text.split('\n'));
  expect(Math.max(...lines.map(({ length }) => length))).toBe(19);
});
