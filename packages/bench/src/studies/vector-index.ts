/** Indexes of vectors: who finds the greatest inner products soonest? */
import { SEARCH_METHODS } from '../arms/search.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { searchConfig } from '../measures/search.ts';
import { films } from '../tasks/films.ts';
import { layer } from '../tasks/layer.ts';
import { madeUpVectors } from '../tasks/made-up-vectors.ts';
import { words } from '../tasks/words.ts';

const FEW = ['exact', 'signatures', 'simpleLsh+simHash', 'normRanging+simHash', 'l2Alsh+pStable'];

/** The study of indexes. */
export const vectorIndex: Study = defineStudy({
  name: 'index',
  question: 'How many of the 10 greatest inner products are found, and how long does it take?',
  measure: 'search',
  base: searchConfig(madeUpVectors('lognormal')),
  factors: {
    method: SEARCH_METHODS,
    corpus: {
      lognormal: {},
      layer: { task: layer() },
      'lognormal, 100,000': { task: madeUpVectors('lognormal', { vectors: 100_000 }) },
      films: { task: films() },
      words: { task: words() },
    },
  },
  baseline: { method: 'exact' },
  seeds: [1, 2, 3],
  metrics: ['recallWithin', 'recall', ...[80, 90, 95, 99].map((goal) => `queriesPerSecondAt${goal}`)],
  contrasts: [
    { arms: [{ method: 'signatures' }, { method: 'normRanging+simHash' }], metric: 'recallWithin' },
    { arms: [{ method: 'normRanging+simHash' }, { method: 'simpleLsh+simHash' }], metric: 'recallWithin' },
    { arms: [{ method: 'simpleLsh+simHash' }, { method: 'l2Alsh+pStable' }], metric: 'recallWithin' },
    ...['exact+int8', 'usearch'].map((method) => ({
      arms: [{ method: 'signatures' }, { method }] as const,
      metric: 'queriesPerSecondAt95',
      margin: 0,
    })),
  ],
  report: [
    { kind: 'answer' },
    { kind: 'curves', x: 'examined', y: 'recall', xScale: 'log' },
    { kind: 'curves', x: 'queriesPerSecond', y: 'recall', xScale: 'log' },
    {
      kind: 'table',
      title: 'The recall where 5 % are scored, the highest, and queries a second at equal recall',
    },
    { kind: 'repeat' },
  ],
  sizes: {
    quick: { seeds: [1], levels: { method: FEW, corpus: ['lognormal'] } },
    tiny: {
      seeds: [1],
      levels: { method: FEW, corpus: ['lognormal'] },
      set: { 'task.vectors': 600, 'task.queries': 20, 'task.dimensions': 32, within: 0.2, passes: 1 },
    },
  },
});
