import { describe, expect, test } from 'vitest';
import { LineProgress } from '../src/progress.ts';
import type { PlannedRun } from '../src/plan.ts';
import { TimeLeft } from '../src/time-left.ts';
import { record } from './synthetic.ts';

const run = (arm: string, fraction: number, seed = 1): PlannedRun => ({ arm, fraction, seed });

describe('time left', () => {
  test('takes the same arm and fraction, else the arm, else everything', () => {
    const time = new TimeLeft();
    expect(time.expected(run('lsh', 0.05))).toBeNull();
    time.finished(run('dense', 1), 10);
    expect(time.expected(run('lsh', 0.05))).toBe(10);
    time.finished(run('lsh', 0.25), 4);
    expect(time.expected(run('lsh', 0.05))).toBe(4);
    time.finished(run('lsh', 0.05), 1);
    time.finished(run('lsh', 0.05, 2), 3);
    expect(time.expected(run('lsh', 0.05, 3))).toBe(2);
    expect(time.expected(run('topK', 0.05))).toBe(4.5);
  });

  test('counts what the current run has left', () => {
    const time = new TimeLeft();
    const plan = [run('dense', 1), run('dense', 1, 2), run('dense', 1, 3)];
    expect(time.left(plan)).toBeNull();
    // Half a run in 6 seconds: 6 more, and two runs of 12.
    expect(time.left(plan, 6, 0.5)).toBe(30);
    time.finished(run('dense', 1), 10);
    expect(time.left(plan.slice(1), 3)).toBe(17);
    expect(time.left(plan.slice(1), 30)).toBe(10);
    expect(time.left([])).toBe(0);
  });
});

test('lines tell place, run, accuracy and time left', () => {
  let clock = 0;
  const lines: string[] = [];
  const progress = new LineProgress({ write: (text) => lines.push(text) }, () => clock);
  progress.start([run('dense', 1), run('lsh', 0.05)], 2);
  progress.begin();
  clock = 5;
  progress.end(record({ accuracy: { full: 0.972, sparse: 0.97 }, seconds: 4.21 }));
  progress.begin();
  clock = 7;
  progress.end(record({ arm: 'lsh', fraction: 0.05, accuracy: { full: 0.95, sparse: 0.94 }, seconds: 1.5 }));
  expect(lines).toEqual([
    '[1/2] dense, seed 1: accuracy 97.2 % full, 97.0 % sparse, 4.21 s, 5 s left\n',
    '[2/2] lsh 5 %, seed 1: accuracy 95.0 % full, 94.0 % sparse, 1.50 s, 0 s left\n',
  ]);
});
