import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { changesOf, compareText } from '../../../src/benchmarks/lib/compare.ts';
import { sample } from '../../../src/benchmarks/lib/measure.ts';
import {
  readResultFile,
  type ResultFile,
  resultFile,
  writeResultFile,
} from '../../../src/benchmarks/lib/result-file.ts';
import { type BenchResult, within } from '../../../src/benchmarks/lib/result.ts';
import { thisMachine } from '../../../src/engine/machine.ts';

const result: BenchResult = { unit: 'samples/s', rows: [], figures: {} };

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
