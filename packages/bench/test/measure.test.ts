import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alternate, sample, timeFunctions } from '../src/benchmarks/measure.ts';
import { benchTable, writeFigures } from '../src/benchmarks/result.ts';
import type { BenchResult } from '../src/benchmarks/result.ts';
import { thisMachine } from '../src/engine/machine.ts';

function fails(): void {
  throw new Error('broken kernel');
}

describe('measuring', () => {
  test('median and quartiles', () => {
    expect(sample([5, 1, 3, 2, 4])).toEqual({ median: 3, low: 2, high: 4, count: 5 });
    expect(sample([7])).toEqual({ median: 7, low: 7, high: 7, count: 1 });
  });

  test('functions are timed in seconds a call', () => {
    let calls = 0;
    const wait = (milliseconds: number) => (): void => {
      calls += 1;
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
    };
    const times = timeFunctions({ short: wait(2), long: wait(6) }, { rounds: 2, seconds: 0.05 });
    expect(calls).toBeGreaterThan(10);
    expect(times.short.length).toBeGreaterThanOrEqual(6);
    expect(sample(times.short).median).toBeGreaterThanOrEqual(0.002);
    expect(sample(times.long).median / sample(times.short).median).toBeGreaterThan(2);
  });

  test('an error in a timed function is not lost', () => {
    expect(() => timeFunctions({ fails })).toThrow('broken kernel');
  });

  test('whole runs alternate', async () => {
    const order: string[] = [];
    const run = (name: string, value: number) => async (): Promise<number> => {
      order.push(name);
      return value + order.length;
    };
    const values = await alternate({ a: run('a', 10), b: run('b', 20) }, 3);
    expect(order.join('')).toBe('ababab');
    expect(values).toEqual({ a: [11, 13, 15], b: [22, 24, 26] });
  });
});

const result: BenchResult = {
  unit: 'samples/s',
  rows: [
    { name: 'one thread', sample: sample([100, 100, 120]), baseline: true },
    { name: 'two threads', sample: sample([180, 190, 150]) },
  ],
  figures: { samples_per_s_1t: 100, samples_per_s_2t: 180 },
};

test('the table compares with the baseline of the group', () => {
  const table = benchTable(result);
  expect(table).toMatch(/one thread .* 100 .* 1\.00/);
  expect(table).toMatch(/two threads .* 180 .* 100 .* 1\.80/);
  expect(table).toContain('samples_per_s_2t = 180');
});

test('times are compared the other way round', () => {
  const table = benchTable({ ...result, compare: 'speed-up' });
  expect(table).toContain(' speed-up ');
  expect(table).toMatch(/two threads .* 180 .* 100 .* 0\.56/);
});

test('further tables stand below the first', () => {
  const further = { title: 'Where the time goes', head: ['', 'ms'], rows: [['reading', '7.00']] };
  const table = benchTable({ ...result, tables: [further], notes: ['A note.'] });
  expect(table).toMatch(
    /two threads [\s\S]*\nWhere the time goes\n[\s\S]*reading .* 7\.00 [\s\S]*\nA note\.\nFigures: /,
  );
});

test('the figures file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hashgrad-figures-'));
  const machine = thisMachine();
  writeFigures(join(folder, 'dense.json'), 'dense', machine, result);
  expect(JSON.parse(readFileSync(join(folder, 'dense.json'), 'utf8'))).toEqual({
    name: 'dense',
    machine,
    figures: { samples_per_s_1t: 100, samples_per_s_2t: 180 },
  });
  rmSync(folder, { recursive: true });
});
