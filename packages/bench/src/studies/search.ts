/** Ways of finding the greatest inner products. */
import { SEARCH_METHODS } from '../arms/search.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { searchConfig } from '../measures/search.ts';
import { films } from '../tasks/films.ts';
import { layer } from '../tasks/layer.ts';
import { madeUpVectors } from '../tasks/made-up-vectors.ts';
import { words } from '../tasks/words.ts';

const FEW = ['exact', 'signatures', 'simpleLsh+simHash', 'normRanging+simHash', 'l2Alsh+pStable'];

/** The study of searching. */
export const search: Study = defineStudy({
  name: 'search',
  question:
    'How many vectors have to be scored, and how long does it take, to find the 10 greatest inner products?',
  measure: 'search',
  base: searchConfig(madeUpVectors('lognormal')),
  factors: {
    method: SEARCH_METHODS,
    corpus: {
      lognormal: {},
      layer: { task: layer() },
      films: { task: films() },
      words: { task: words() },
    },
  },
  baseline: { method: 'exact' },
  seeds: [1, 2, 3],
  metrics: ['recallWithin', 'recall', 'examinedAtGoal', 'queriesPerSecondAtGoal'],
  contrasts: [
    { arms: [{ method: 'signatures' }, { method: 'normRanging+simHash' }], metric: 'recallWithin' },
    { arms: [{ method: 'normRanging+simHash' }, { method: 'simpleLsh+simHash' }], metric: 'recallWithin' },
    { arms: [{ method: 'simpleLsh+simHash' }, { method: 'l2Alsh+pStable' }], metric: 'recallWithin' },
  ],
  report: [
    { kind: 'answer' },
    { kind: 'curves', x: 'examined', y: 'recall', xScale: 'log' },
    { kind: 'curves', x: 'queriesPerSecond', y: 'recall', xScale: 'log' },
    { kind: 'table', title: 'The recall where 5 % are scored, the highest, and the cost of 0.9' },
    { kind: 'repeat' },
  ],
  sizes: {
    // Films and words need data, and usearch has to be installed: they are for --set.
    full: {
      levels: {
        method: Object.keys(SEARCH_METHODS).filter((name) => name !== 'usearch'),
        corpus: ['lognormal', 'layer'],
      },
    },
    quick: { seeds: [1], levels: { method: FEW, corpus: ['lognormal'] } },
    tiny: {
      seeds: [1],
      levels: { method: FEW, corpus: ['lognormal'] },
      set: { 'task.vectors': 600, 'task.queries': 20, 'task.dimensions': 32, within: 0.2, passes: 1 },
    },
  },
});
