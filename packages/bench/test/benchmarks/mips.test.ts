import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type MipsOptions, runMips } from '../../src/benchmarks/mips.ts';
import type { BenchResult } from '../../src/benchmarks/lib/result.ts';
import { loadUsearch } from '../../src/arms/usearch.ts';
import { expectFigures } from './tiny.ts';

const folder = mkdtempSync(join(tmpdir(), 'hashgrad-mips-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DEFAULTS: MipsOptions = {
  vectors: 100,
  dimensions: 32,
  queries: 60,
  seed: 1,
  corpus: [],
  peer: 'usearch',
  threads: 1,
  cache: folder,
};
const QUICK = { rounds: 2, seconds: 0.01 };

const OWN = [
  'exact_qps',
  'exact_batch_qps',
  'exact_int8_qps',
  'build_s',
  'tune_s',
  'replacements_per_s',
  'bytes_per_vector',
  'bytes_per_vector_replaced',
  'slowest_replacement_ms',
];
const PAIRED = [
  'usearch_build_s',
  'build_ratio',
  'usearch_replacements_per_s',
  'replace_ratio',
  'mix_k1000_ratio',
];
const RECALLS = ['90', '95', '98', '99', '997'];

/**
 * What the figures of a corpus are called. A graph that two threads built may end below the highest recall, and so may an
 * index that was tuned on other queries: there is a figure at each recall that some setting reached, and at no other.
 */
function names(result: BenchResult, corpus: string): string[] {
  const own = mostRecall(result, `${corpus}: MipsIndex`) ?? 0;
  const graph = mostRecall(result, `${corpus}: usearch`);
  const curves = RECALLS.flatMap((recall) => {
    const [ours, theirs] = [own, graph ?? 0].map((most) => most >= Number(`0.${recall}`));
    const qps = `qps_at_recall_${recall}`;
    return [
      ...(ours ? [qps] : []),
      ...(theirs ? [`usearch_${qps}`] : []),
      ...(ours && theirs ? [`ratio_at_recall_${recall}`] : []),
    ];
  });
  return [...OWN, ...(graph === undefined ? [] : PAIRED), ...curves].map((name) => `${corpus}_${name}`);
}

/** The highest recall of the settings of a method, in the table of settings; undefined if it has none. */
function mostRecall(result: BenchResult, name: string): number | undefined {
  const recalls = settings(result)
    .filter((row) => row[0] === name)
    .map((row) => Number(row[2]));
  return recalls.length === 0 ? undefined : Math.max(...recalls);
}

/** Exact ways find all; the mix finds most of its 1,000. */
function leastRecall(name: string): number {
  if (name.includes('exact')) return 1;
  return name.includes('mix') ? 0.6 : 0.5;
}

/** A made-up vector as text. */
function numbers(seed: number): string {
  return Array.from({ length: 8 }, (_, k) => Math.sin(seed * (k + 1))).join(' ');
}

/** The rows of the table of settings: the name, the recall that was tuned to, that was reached, calls a second, options. */
function settings(result: BenchResult): readonly (readonly string[])[] {
  return result.tables?.[0]?.rows ?? [];
}

test('mips has every corpus, with usearch where it is installed', { timeout: 60_000 }, async () => {
  const missing = typeof (await loadUsearch()) === 'string';
  const lines: string[] = [];
  const options = {
    ...DEFAULTS,
    vectors: 1200,
    dimensions: 32,
    queries: 60,
    corpus: ['lognormal', 'flat'],
    cache: folder,
  };
  const result = await runMips({ ...options, onProgress: (text) => lines.push(text) }, QUICK);
  expectFigures(
    result,
    ['lognormal', 'flat'].flatMap((corpus) => names(result, corpus)),
  );
  for (const corpus of ['lognormal', 'flat']) {
    expect(mostRecall(result, `${corpus}: MipsIndex`)).toBeGreaterThanOrEqual(0.99);
    const graph = mostRecall(result, `${corpus}: usearch`);
    expect(graph === undefined).toBe(missing);
    expect(graph ?? 1).toBeGreaterThanOrEqual(0.95);
  }
  expect(lines.filter((line) => line.endsWith('rates'))).toEqual(['lognormal: rates', 'flat: rates']);
  expect(result.notes?.some((note) => note.includes('not installed'))).toBe(missing);
  for (const [name = '', , recall] of settings(result)) {
    expect(Number(recall)).toBeGreaterThanOrEqual(leastRecall(name));
  }
  // True results of 10 and of 1,000 of each corpus, and its graph: found again by the next run.
  const files = readdirSync(folder, { recursive: true }).map(String);
  expect(files.filter((file) => file.endsWith('.u32'))).toHaveLength(4);
  expect(files.filter((file) => file.endsWith('.graph'))).toHaveLength(missing ? 0 : 2);
  const again = await runMips({ ...options, corpus: ['flat'] }, QUICK);
  expect(again.figures['flat_usearch_build_s']).toEqual(result.figures['flat_usearch_build_s']);
  expect(readdirSync(folder, { recursive: true })).toHaveLength(files.length);
});

test(
  'mips searches words, and on two threads; without its file and a peer it leaves both out',
  { timeout: 60_000 },
  async () => {
    const words = join(folder, 'words.txt');
    writeFileSync(words, Array.from({ length: 500 }, (_, i) => `word${i} ${numbers(i + 1)}\n`).join(''));
    const options: MipsOptions = {
      ...DEFAULTS,
      queries: 20,
      corpus: ['words'],
      peer: 'none',
      threads: 2,
      cache: folder,
    };
    const result = await runMips({ ...options, vectors: 400, words }, QUICK);
    expectFigures(result, names(result, 'words'));
    expect(result.notes?.join()).toContain('20 queries, asked all at once on two threads.');
    expect(result.notes?.join()).toContain('There is no usearch, as was asked for.');
    expect(result.tables?.[1]?.rows[0]?.slice(0, 3)).toEqual(['words: MipsIndex', '400', '2']);
    const data = process.env['HASHGRAD_DATA'];
    delete process.env['HASHGRAD_DATA'];
    try {
      const without = await runMips(options);
      expect(without.rows).toEqual([]);
      expect(without.notes?.join()).toContain('words: skipped.');
    } finally {
      if (data !== undefined) process.env['HASHGRAD_DATA'] = data;
    }
  },
);

test('mips refuses a corpus that there is none of', async () => {
  await expect(runMips({ ...DEFAULTS, corpus: ['fat'] })).rejects.toThrow(
    'no corpus "fat" here; the corpora are lognormal, ',
  );
});
