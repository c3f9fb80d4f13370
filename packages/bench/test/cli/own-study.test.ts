import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRecords } from '../../src/engine/store.ts';
import { hashgrad } from './run-command.ts';

let folder = '';
beforeAll(() => {
  // A folder outside the repository that has the packages as an installation has them.
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-own-'));
  mkdirSync(join(folder, 'node_modules', '@hashgrad'), { recursive: true });
  for (const name of ['bench', 'datasets', 'kernels', 'lsh', 'mips', 'sparse-nn']) {
    symlinkSync(
      resolve(import.meta.dirname, '../../..', name),
      join(folder, 'node_modules', '@hashgrad', name),
    );
  }
  cpSync(join(import.meta.dirname, 'own-study'), folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

test(
  'a study outside the repository runs, with a selector, a family, a task and a metric of its own',
  { timeout: 60_000 },
  () => {
    const { code, out, error } = hashgrad(folder, ['study', './mine.ts', '--out', 'mine']);
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^│ pairOrder +│/m);
    // What its code prints in the processes of trials.
    expect(out).toMatch(/^counted dead units$/m);
    const records = readRecords(join(folder, 'mine', 'records.jsonl'));
    expect(records).toHaveLength(6);
    for (const { trial, metrics, sources } of records) {
      expect(metrics['deadUnits']).toBeGreaterThanOrEqual(0);
      expect(trial.config['task']).toEqual({ kind: 'stripes', rows: 200 });
      expect(Object.keys(sources)).toEqual(
        expect.arrayContaining(['mine.ts', 'pair-order.ts', '@hashgrad/kernels']),
      );
    }
    // What it imports is part of the address of its trials: when that changes, they are new ones.
    expect(hashgrad(folder, ['study', './mine.ts', '--out', 'mine']).out).toContain(
      '6 of 6 trials are finished already.',
    );
    const imported = join(folder, 'pair-order.ts');
    writeFileSync(imported, `${readFileSync(imported, 'utf8')}// changed\n`);
    expect(hashgrad(folder, ['show', './mine.ts', '--out', 'mine']).out).toContain(
      'for the 6 trials that are not finished',
    );
  },
);

test('what is wrong in the file of a study is told with its path', { timeout: 60_000 }, () => {
  for (const [name, text, wrong] of [
    ['syntax.ts', 'export default {\n  a: 1,\n  b: ,\n};\n', /^hashgrad: .*syntax\.ts: .*/m],
    ['thrown.ts', "throw new Error('boo');\n", /^hashgrad: .*thrown\.ts: boo$/m],
  ] as const) {
    writeFileSync(join(folder, name), text);
    const { code, error } = hashgrad(folder, ['study', `./${name}`]);
    expect(code).not.toBe(0);
    expect(error).toMatch(wrong);
  }
});
