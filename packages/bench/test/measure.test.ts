import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { alternate, sample, timeFunctions } from '../src/benchmarks/measure.ts';
import { changesOf, compareText } from '../src/benchmarks/compare.ts';
import {
  readResultFile,
  type ResultFile,
  resultFile,
  writeResultFile,
} from '../src/benchmarks/result-file.ts';
import { benchTable, within } from '../src/benchmarks/result.ts';
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

describe('the figures file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hashgrad-figures-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const machine = thisMachine();
  const path = join(folder, 'dense.json');
  const figures = {
    once: 100,
    repeated: sample([180, 190, 150]),
    near: sample([100, 101, 102]),
    exact: within(0.5, 0.01),
  };
  const file = resultFile('dense', machine, { steps: 3 }, { ...result, figures });

  test('gives each figure a range', () => {
    expect(file).toEqual({
      name: 'dense',
      machine,
      options: { steps: 3 },
      figures: {
        once: { value: 100, low: 95, high: 105 },
        repeated: { value: 180, low: 165, high: 185.4 },
        near: { value: 101, low: 101 * 0.97, high: 101 * 1.03 },
        exact: { value: 0.5, low: 0.495, high: 0.505 },
      },
    });
    writeResultFile(path, file);
    expect(readResultFile(path, 'dense')).toEqual(file);
  });

  test('is refused where it is none, or of another benchmark', () => {
    expect(() => readResultFile(path, 'gemm')).toThrow(
      'its figures are of the benchmark dense, not of gemm.',
    );
    expect(() => readResultFile(join(folder, 'none.json'), 'gemm')).toThrow(
      'none.json: no figures can be read',
    );
    writeFileSync(path, '{}');
    expect(() => readResultFile(path, 'gemm')).toThrow('it names no machine and figures.');
    writeFileSync(path, JSON.stringify({ ...file, figures: { once: 100 } }));
    expect(() => readResultFile(path, 'dense')).toThrow('its figure once has no range.');
  });

  const made = (once: number, repeated: number, exact: number): ResultFile =>
    resultFile(
      'dense',
      machine,
      { steps: 3 },
      {
        ...result,
        figures: { once, repeated: within(repeated, 0.1), exact: within(exact, 0.01) },
      },
    );

  test('a figure changed if its ranges do not meet', () => {
    const before = made(100, 100, 0.9);
    const changed = (after: ResultFile): string[] =>
      changesOf(before, after).flatMap((change) => (change.changed ? [change.name] : []));
    expect(changed(made(110, 120, 0.91))).toEqual([]);
    expect(changed(made(111, 123, 0.92))).toEqual(['once', 'repeated', 'exact']);
    expect(changed(made(90, 81, 0.88))).toEqual(['once', 'repeated', 'exact']);
    const text = compareText('old.json', before, made(111, 100, 0.9));
    expect(text).toMatch(/once .* 100 .* 95\.0 – 105 .* 111 .* 1\.110 /);
    expect(text).toContain('1 of 3 figures changed beyond noise, 2 did not.');
    expect(text).not.toMatch(/repeated|machines differ|option/);
    expect(compareText('old.json', before, before)).toContain('None of 3 figures changed beyond noise.');
  });

  test('other machines, options and figures are said', () => {
    const after = resultFile(
      'dense',
      { ...machine, cpu: 'Another CPU' },
      { steps: 4 },
      { ...result, figures: { added: 1 } },
    );
    const text = compareText('old.json', file, after);
    expect(text).toMatch(/The machines differ, so that times do not compare: .*; now Another CPU, /);
    expect(text).toContain('The option steps differs: 3, now 4.');
    expect(text).toContain('No longer there: once, repeated, near, exact.');
    expect(text).toContain('New: added.');
  });
});
