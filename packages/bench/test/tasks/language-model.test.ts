import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDataset, classCounts, type SparseDataset, type Split } from '@hashgrad/datasets';
import { describe, expect, it, onTestFinished } from 'vitest';
import { byFrequencyAlone } from '../../src/tasks/class-frequencies.ts';
import { checkTask, loadRows } from '../../src/tasks/index.ts';
import { languageModel, type LanguageModelTask } from '../../src/tasks/language-model.ts';
import { madeUpText } from '../../src/tasks/made-up-text.ts';

async function load(task: LanguageModelTask): Promise<Split<SparseDataset>> {
  return (await loadRows(task)) as Split<SparseDataset>;
}

/** The two words before the one to predict. */
function pair({ ids }: SparseDataset, row: number): string {
  return `${ids[3 * row]} ${ids[3 * row + 1]}`;
}

describe('the task of a language model', () => {
  it('is of a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hashgrad-text-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'a b a c '.repeat(300));
    const { train, test } = await load(languageModel('file', { file, words: 2, train: 100, test: 5 }));
    expect(train).toMatchObject({ rows: 100, columns: 9, classes: 2, name: 'language model (file)' });
    expect(test).toMatchObject({ rows: 5 });
  });

  it('is made up otherwise, with what there is to learn in it', async () => {
    const size = { words: 100, train: 20_000, test: 1000 };
    const { train, test } = await load(languageModel('made-up', size));
    expect(train).toMatchObject({ rows: 20_000, columns: 303, classes: 100 });
    for (const part of [train, test]) checkDataset(part);
    const counts = classCounts(train);
    expect(counts[0]).toBeGreaterThan(1.5 * (counts[50] as number));
    // The two words before say more than frequencies do: the most frequent word after each pair, against the most frequent.
    const after = new Map<string, Int32Array>();
    for (let row = 0; row < train.rows; row++) {
      const key = pair(train, row);
      const own = after.get(key) ?? new Int32Array(100);
      own[train.labels[row] as number]! += 1;
      after.set(key, own);
    }
    const hits = Array.from({ length: test.rows }, (_, row) => {
      const own = after.get(pair(test, row)) ?? counts;
      return own.indexOf(Math.max(...own)) === test.labels[row];
    }).filter(Boolean).length;
    expect(hits / test.rows).toBeGreaterThan(2 * byFrequencyAlone(train, test).precision1);
  });

  it('of a made-up text is the same every time', () => {
    const text = madeUpText({ length: 500, words: 80 });
    expect(madeUpText({ length: 500, words: 80 })).toBe(text);
    expect(text.split(' ')).toHaveLength(500);
    expect(madeUpText({ length: 600, words: 80 }).startsWith(text)).toBe(true);
  });

  it.each([
    [{ text: 'spoken' as 'file' }, 'task.text is one of file, made-up; got "spoken".'],
    [{ context: 0 }, 'task.context is a whole number of at least 1; got 0.'],
    [{ words: 19 }, 'task.words is a whole number of at least 20; got 19.'],
    [{ file: 1 as never }, 'task.file is a path, or null; got 1.'],
  ])('refuses %o', (options, message) => {
    expect(() => checkTask({ ...languageModel('made-up'), ...options })).toThrow(message);
  });
});
