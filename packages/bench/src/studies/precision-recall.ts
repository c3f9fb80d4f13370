/** How far up does counting matching hashes bring the best items? The figure of Shrivastava and Li (NIPS 2014). */
import { RANKING_METHODS } from '../arms/ranking.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { hashRankingConfig } from '../measures/hash-ranking.ts';
import { films } from '../tasks/films.ts';
import { madeUpVectors } from '../tasks/made-up-vectors.ts';

/** The study of ranking by hashes. */
export const precisionRecall: Study = defineStudy({
  name: 'precision-recall',
  question: 'How far up does the number of matching hashes bring the items with the greatest inner products?',
  measure: 'hash-ranking',
  base: hashRankingConfig(madeUpVectors('lognormal', { vectors: 5000 })),
  factors: {
    method: RANKING_METHODS,
    hashes: Object.fromEntries([64, 128, 256, 512].map((hashes) => [String(hashes), { hashes }])),
    best: Object.fromEntries([1, 5, 10].map((top) => [`best ${top}`, { top }])),
    corpus: {
      films: { task: films({ queries: 1000 }) },
      lognormal: {},
    },
  },
  baseline: { method: 'L2-ALSH' },
  seeds: [1, 2, 3],
  metrics: ['averagePrecision'],
  contrasts: [
    { arms: [{ method: 'L2-ALSH' }, { method: 'L2 LSH' }], metric: 'averagePrecision' },
    { arms: [{ method: 'Sign-ALSH' }, { method: 'L2-ALSH' }], metric: 'averagePrecision' },
    { arms: [{ method: 'Simple-LSH' }, { method: 'Sign-ALSH' }], metric: 'averagePrecision' },
  ],
  report: [
    { kind: 'answer' },
    ...[1, 5, 10].map((top) => ({
      kind: 'curves',
      x: 'recall',
      y: 'precision',
      panels: 'hashes',
      where: { best: `best ${top}` },
      title: `Precision and recall of the best ${top}`,
    })),
    { kind: 'table' },
    { kind: 'repeat' },
  ],
  sizes: {
    full: { levels: { corpus: ['films'] } },
    quick: {
      seeds: [1],
      levels: { hashes: ['64', '512'], best: ['best 10'], corpus: ['lognormal'] },
    },
    tiny: {
      seeds: [1],
      levels: { method: ['L2 LSH', 'L2-ALSH'], hashes: ['64'], best: ['best 10'], corpus: ['lognormal'] },
      set: { 'task.vectors': 300, 'task.queries': 20, 'task.dimensions': 16 },
    },
  },
});
