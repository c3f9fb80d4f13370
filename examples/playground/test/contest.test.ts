import { expect, test } from 'vitest';
import { Contest, type Contestant } from '../src/train/contest.ts';

/** A clock that goes on by what steps take. */
class Clock {
  seconds = 0;
  readonly now = (): number => this.seconds;

  /** A contestant whose steps take so long; `ends`: after so many steps its turn ends. */
  contestant(takes: number, ends: number = Infinity): Contestant & { steps: number } {
    const tick = (): number => (this.seconds += takes);
    return {
      steps: 0,
      step() {
        tick();
        return ++this.steps % ends !== 0;
      },
    };
  }
}

test('each has had the same time, to a slice and a step, however long its steps take', () => {
  const clock = new Clock();
  const all = [clock.contestant(0.001), clock.contestant(0.02), clock.contestant(0.3)];
  const contest = new Contest(all, 0.05, clock.now);
  for (let turn = 0; turn < 500; turn++) {
    contest.turn();
    const seconds = all.map((each) => contest.seconds(each));
    expect(Math.max(...seconds) - Math.min(...seconds)).toBeLessThan(0.05 + 0.3);
    expect(contest.least).toBe(Math.min(...seconds));
  }
  expect(all[0]!.steps).toBeGreaterThan(100 * all[2]!.steps);
});

test("what passes between turns is nobody's time", () => {
  const clock = new Clock();
  const all = [clock.contestant(0.01), clock.contestant(0.01)];
  const contest = new Contest(all, 0.05, clock.now);
  for (let turn = 0; turn < 20; turn++) {
    contest.turn();
    clock.seconds += 10;
  }
  expect(contest.seconds(all[0]!) + contest.seconds(all[1]!)).toBeCloseTo(
    (all[0]!.steps + all[1]!.steps) * 0.01,
    9,
  );
});

test('a turn ends early where a contestant says so', () => {
  const clock = new Clock();
  const one = clock.contestant(0.001, 7);
  const contest = new Contest([one], 1, clock.now);
  expect(contest.turn()).toBe(one);
  expect(one.steps).toBe(7);
});
