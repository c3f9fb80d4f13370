/** One row over very many labels: who finds the best label soonest? */
import { SEARCH_METHODS } from '../arms/search.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { searchConfig } from '../measures/search.ts';
import { extreme } from '../tasks/extreme.ts';
import { languageModel } from '../tasks/language-model.ts';
import { trainedOutputs } from '../tasks/trained-outputs.ts';

const METHODS = [
  'exact',
  'exact+int8',
  'signatures',
  'identity+simHash',
  'simpleLsh+simHash',
  'normRanging+simHash',
  'lowRank of 16',
  'usearch',
];

/** Labels of enwiki: the words that are there five times or more. */
const WORDS = 67_882;

const planted = extreme('planted', { train: 100_000, features: 50_000, labels: 100_000 });
const enwiki = languageModel('file', { words: WORDS, train: 400_000, test: 2000 });

const by = { metric: 'microsecondsAt95', margin: 0 };

/** The study of predictions over very many labels. */
export const screening: Study = defineStudy({
  name: 'screening',
  question:
    'How long does it take to find the best of 100,000 labels for one row, and how much of P@1 is kept?',
  measure: 'search',
  base: searchConfig(trainedOutputs(planted), { k: 1 }),
  factors: {
    method: Object.fromEntries(METHODS.map((name) => [name, SEARCH_METHODS[name]!])),
    labels: { planted: {}, enwiki: { task: trainedOutputs(enwiki, { epochs: 1 }) } },
  },
  baseline: { method: 'exact' },
  seeds: [1, 2, 3],
  metrics: ['kept', 'recall', 'microsecondsAt90', 'microsecondsAt95', 'microsecondsAt99'],
  contrasts: ['exact+int8', 'normRanging+simHash', 'lowRank of 16', 'usearch'].map((method) => ({
    arms: [{ method: 'signatures' }, { method }] as const,
    ...by,
  })),
  report: [
    { kind: 'answer' },
    { kind: 'curves', x: 'microseconds', y: 'kept', xScale: 'log' },
    { kind: 'table' },
    { kind: 'repeat' },
  ],
  sizes: {
    quick: {
      seeds: [1],
      levels: { method: ['exact', 'exact+int8', 'signatures', 'normRanging+simHash'], labels: ['planted'] },
      set: {
        task: trainedOutputs(extreme('planted', { train: 20_000, features: 10_000, labels: 20_000 }), {
          active: 500,
        }),
      },
    },
    tiny: {
      seeds: [1],
      levels: { method: ['exact', 'signatures', 'lowRank of 16'], labels: ['planted'] },
      set: {
        task: trainedOutputs(extreme('planted', { train: 1500, test: 60, features: 200, labels: 60 }), {
          hidden: 16,
          active: 20,
          rate: 0.01,
          queries: 60,
        }),
        passes: 1,
      },
    },
  },
});
