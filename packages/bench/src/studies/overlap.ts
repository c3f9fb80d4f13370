/** How good must a choice of units be? An oracle that errs by a known share. */
import { noisyTopK } from '@hashgrad/sparse-nn';
import { hiddenLevel } from '../arms/hidden.ts';
import { defineStudy, type Level, type Study } from '../engine/study.ts';
import { LSH_BASE, LSH_METRICS, LSH_SEEDS, LSH_TUNING, TINY } from './one-factor.ts';

const by = { metric: 'accuracy.sparse', margin: 0.005 };
const [EXACT, ANEW, BY_ROW] = ['100 %', 'anew', 'by row'];
/** Of the highest 5 %, chance has 5 %. */
const SHARES = [1, 0.9, 0.75, 0.5, 0.25, 0.05];

const level =
  (overlap: number): Level =>
  (point, config) => {
    const persistent = point['errs'] === BY_ROW;
    return hiddenLevel((fraction) => noisyTopK({ fraction, overlap, persistent }))(point, config);
  };

/** The study of the oracle that errs. */
export const overlap: Study = defineStudy({
  name: 'overlap',
  question:
    'How many of the highest units must a choice find, and does it matter whether it errs the same way each time?',
  measure: 'train',
  base: LSH_BASE,
  factors: {
    found: Object.fromEntries(SHARES.map((share) => [`${100 * share} %`, level(share)])),
    errs: { [ANEW]: {}, [BY_ROW]: {} },
  },
  combinations: ({ found, errs }) => found !== EXACT || errs === ANEW,
  baseline: { found: EXACT, errs: ANEW },
  seeds: LSH_SEEDS,
  tune: LSH_TUNING,
  metrics: LSH_METRICS,
  contrasts: [
    ...['90 %', '75 %', '50 %', '25 %'].flatMap((found) =>
      [ANEW, BY_ROW].map((errs) => ({
        arms: [
          { found, errs },
          { found: EXACT, errs: ANEW },
        ] as const,
        ...by,
      })),
    ),
    { arms: [{ errs: BY_ROW }, { errs: ANEW }], ...by, claim: 'errors that come again with the row help' },
  ],
  report: [
    { kind: 'answer' },
    { kind: 'curves', x: 'found', y: 'accuracy.sparse' },
    { kind: 'table' },
    { kind: 'repeat' },
  ],
  sizes: {
    quick: {
      seeds: [1],
      levels: { found: [EXACT, '50 %', '5 %'] },
      set: { 'task.train': 2000, 'task.test': 1000, epochs: 1 },
    },
    tiny: { seeds: [1], levels: { found: [EXACT, '50 %'] }, set: TINY },
  },
});
