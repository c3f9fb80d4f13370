import { ExactIndex } from '@hashgrad/mips';
import { expect, test } from 'vitest';
import { searchConfig, searchMeasure } from '../../src/measures/search.ts';
import { SEARCH_METHODS } from '../../src/arms/search.ts';
import type { Config } from '../../src/engine/record.ts';
import { extreme } from '../../src/tasks/extreme.ts';
import { images } from '../../src/tasks/images.ts';
import { loadCorpus } from '../../src/tasks/index.ts';
import { trainedOutputs } from '../../src/tasks/trained-outputs.ts';
import { configsOf, runMeasure } from '../measures/run-measure.ts';

const planted = extreme('planted', { train: 2000, test: 200, features: 300, labels: 100 });
const task = trainedOutputs(planted, { hidden: 32, active: 30, epochs: 8, rate: 0.01, queries: 150 });

test('rows ask the labels, and the best label is right far more often than by chance', async () => {
  const { vectors, dimensions, queries, right } = await loadCorpus(task);
  expect([vectors.length, queries.length, right?.length]).toEqual([100 * 33, 150 * 33, 150]);
  using index = new ExactIndex({ dimensions });
  index.add(vectors);
  const hits = index.searchBatch(queries, 1).filter(({ ids }, row) => right?.[row]?.includes(ids[0]!)).length;
  expect(hits / 150).toBeGreaterThan(0.2);
  // The bias is a coordinate, and the rows have a 1 there.
  for (let row = 0; row < 150; row++) expect(queries[row * 33 + 32]).toBe(1);
});

test('a search tells how much of P@1 it keeps, and the microseconds of keeping it', async () => {
  const configs = configsOf(searchConfig(task, { k: 1, passes: 1 }), SEARCH_METHODS);
  const measured = async (name: string) => runMeasure(searchMeasure, configs.get(name) as Config);
  const { metrics, series } = await measured('exact');
  expect(series['kept']).toEqual([1]);
  expect(metrics['microsecondsAt95']).toBeCloseTo(1e6 / series['queriesPerSecond']![0]!, 6);
  const tables = await measured('simpleLsh+simHash');
  expect(tables.series['kept']![0]).toBeLessThan(0.9);
});

test('rows with one label each are refused', () => {
  expect(() => searchMeasure.check?.(searchConfig(trainedOutputs(images('mnist-subset'))), 'run')).toThrow(
    'task.task gives sparse rows, of the kind extreme or language model; got "images".',
  );
});
