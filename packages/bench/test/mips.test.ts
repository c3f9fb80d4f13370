import { expect, test } from 'vitest';
import { runMips } from '../src/benchmarks/mips.ts';
import { loadUsearch } from '../src/benchmarks/usearch.ts';
import { expectFigures } from './benchmarks.ts';

test('mips has every corpus, with usearch where it is installed', { timeout: 60_000 }, async () => {
  const missing = typeof (await loadUsearch()) === 'string';
  const lines: string[] = [];
  const result = await runMips(100, { vectors: 1200, onProgress: (text) => lines.push(text) });
  const own = ['exact_qps', 'exact_batch_qps', 'exact_int8_qps', 'qps_at_recall_90'];
  const compared = ['build_ratio', 'replace_ratio', 'usearch_qps_at_recall_90', 'mix_k1000_ratio'];
  const corpora = ['lognormal', 'clustered', 'flat'];
  expectFigures(
    result,
    corpora.flatMap((corpus) => [...own, ...(missing ? [] : compared)].map((name) => `${corpus}_${name}`)),
  );
  expect(lines.filter((line) => line.endsWith('rates'))).toEqual(corpora.map((corpus) => `${corpus}: rates`));
  expect(result.notes?.some((note) => note.includes('not installed'))).toBe(missing);
  // Row by row: the name, the recall of the 10 best, the options.
  const recalls = result.tables?.[0]?.rows ?? [];
  for (const [name = '', recall] of recalls) {
    const least = name.includes('exact') ? 1 : name.includes('mix') ? 0.6 : 0.9;
    expect(Number(recall)).toBeGreaterThanOrEqual(least);
  }
});
