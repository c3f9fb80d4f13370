import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALIGNMENT, Allocator } from '../../src/memory/allocator.ts';
import { check } from '../check.ts';
import { randomOf } from '../data.ts';

const START = 2 * ALIGNMENT;

/** The slowest allocator: one flag for each cache line, and a search from the first. */
class Naive {
  readonly taken: boolean[];

  constructor(lines: number) {
    this.taken = Array.from({ length: lines }, () => false);
  }

  /** The first of `lines` free lines in a row, or -1. */
  find(lines: number): number {
    let free = 0;
    const last = this.taken.findIndex((taken) => (free = taken ? 0 : free + 1) >= lines);
    return last < 0 ? -1 : last - lines + 1;
  }

  mark(first: number, lines: number, taken: boolean): void {
    this.taken.fill(taken, first, first + lines);
  }

  /** The lengths of all runs of free lines; the last is that at the end, or 0. */
  runs(): number[] {
    const runs = [0];
    for (const taken of this.taken) {
      if (taken) runs.push(0);
      else runs[runs.length - 1]++;
    }
    return runs;
  }
}

type Step =
  | { readonly do: 'allocate'; readonly bytes: number }
  | { readonly do: 'free'; readonly which: number }
  | { readonly do: 'extend'; readonly lines: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('allocate'), bytes: fc.nat({ max: 640 }) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('free'), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('extend'), lines: fc.nat({ max: 8 }) }) },
  ) as fc.Arbitrary<Step>,
  { maxLength: 60 },
);

/** Runs the script on both, and compares all that can be seen of them. */
function followsNaive(script: readonly Step[]): void {
  const allocator = new Allocator(START, START + 20 * ALIGNMENT);
  const naive = new Naive(20);
  const used: { start: number; lines: number }[] = [];
  const starts: number[] = [];
  const expectedStarts: number[] = [];
  for (const step of script) {
    if (step.do === 'allocate') {
      const lines = Math.max(1, Math.ceil(step.bytes / ALIGNMENT));
      const first = naive.find(lines);
      const start = allocator.allocate(step.bytes);
      starts.push(start);
      expectedStarts.push(first < 0 ? -1 : START + first * ALIGNMENT);
      if (first >= 0) {
        naive.mark(first, lines, true);
        used.push({ start, lines });
      }
    } else if (step.do === 'free' && used.length > 0) {
      const [{ start, lines }] = used.splice(step.which % used.length, 1);
      allocator.free(start);
      naive.mark((start - START) / ALIGNMENT, lines, false);
    } else if (step.do === 'extend') {
      allocator.extend(allocator.end + step.lines * ALIGNMENT);
      for (let i = 0; i < step.lines; i++) naive.taken.push(false);
    }
    const runs = naive.runs();
    expect(starts).toEqual(expectedStarts);
    expect(allocator.usedBytes).toBe(naive.taken.filter(Boolean).length * ALIGNMENT);
    expect(allocator.freeBytes).toBe(runs.reduce((sum, lines) => sum + lines, 0) * ALIGNMENT);
    expect(allocator.largestFree).toBe(Math.max(...runs) * ALIGNMENT);
    expect(allocator.freeAtEnd).toBe((runs.at(-1) ?? 0) * ALIGNMENT);
    expect(allocator.end).toBe(START + naive.taken.length * ALIGNMENT);
  }
  for (const { start } of used) allocator.free(start);
  expect(allocator.usedBytes).toBe(0);
  expect(allocator.largestFree).toBe(allocator.end - START);
  expect(allocator.allocate(allocator.end - START)).toBe(START);
}

describe('the allocator', () => {
  test('gives the first place that is free and long enough, never one twice, and merges what comes back', () => {
    check(steps, followsNaive, 300);
  });

  test('does so, too, where there are thousands of free pieces', () => {
    const LINES = 6000;
    const allocator = new Allocator(START, START + LINES * ALIGNMENT);
    const naive = new Naive(LINES);
    const random = randomOf(1);
    const used: { start: number; lines: number }[] = [];
    const give = (): void => {
      const [{ start, lines }] = used.splice(random.integer(used.length), 1);
      allocator.free(start);
      naive.mark((start - START) / ALIGNMENT, lines, false);
    };
    const take = (lines: number): void => {
      const first = naive.find(lines);
      const start = allocator.allocate(lines * ALIGNMENT);
      expect(start).toBe(first < 0 ? -1 : START + first * ALIGNMENT);
      if (first < 0) return;
      naive.mark(first, lines, true);
      used.push({ start, lines });
    };
    for (let line = 0; line < LINES; line++) take(1);
    for (let line = 0; line < LINES / 2; line++) give();
    expect(naive.runs().filter((lines) => lines > 0).length).toBeGreaterThan(1000);
    for (let step = 0; step < 4000; step++) {
      if (random.integer(2) === 0) give();
      else take(1 + random.integer(5));
    }
    expect(allocator.largestFree).toBe(Math.max(...naive.runs()) * ALIGNMENT);
    while (used.length > 0) give();
    expect(allocator.allocate(LINES * ALIGNMENT)).toBe(START);
  });

  test('does not take back what it did not give', () => {
    const allocator = new Allocator(START, START + 1024);
    const start = allocator.allocate(256);
    expect(() => allocator.free(start + ALIGNMENT)).toThrow(`Nothing that is in use starts at byte 192`);
    allocator.free(start);
    expect(() => allocator.free(start)).toThrow(
      'Nothing that is in use starts at byte 128: freed twice, or not allocated here.',
    );
  });

  test('an end that is not further extends nothing', () => {
    const allocator = new Allocator(START, START + 1024);
    allocator.extend(START);
    expect(allocator.end).toBe(START + 1024);
    expect(allocator.largestFree).toBe(1024);
  });
});
