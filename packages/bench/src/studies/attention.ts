/** Is it better to attend to a sample of the keys, or to the best of them? */
import { ATTENTION_METHODS } from '../arms/attention.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { attentionConfig } from '../measures/attention.ts';
import { needles } from '../tasks/needles.ts';

const SAMPLE = { method: '10 bits, twice' };
/** What it is compared with, at shares that reach further: a curve then has what the sample happened to read. */
const RIVALS = {
  'top k': 'a sample by hashing is nearer than the best keys',
  'top k and rest': 'a sample by hashing is nearer than the best keys and a few of the rest',
  uniform: 'hashing finds a better sample than chance',
  '10 bits, once': 'asking for two collisions is better than for one',
};
const ENDS = ['0.7 %', '14 %'];
/** Differences within two hundredths of the output's length count as none. */
const BY = { metric: 'outputError', margin: 0.02, at: { cost: 'readShare', along: 'share' } };

/** The study of attention. */
export const attention: Study = defineStudy({
  name: 'attention',
  question:
    'Where attention reads a share of the keys: is a sample by hashing nearer to all of them than the best keys are?',
  measure: 'attention',
  base: attentionConfig(needles()),
  factors: {
    method: ATTENTION_METHODS,
    share: Object.fromEntries(
      [0.7, 1, 2, 5, 10, 14].map((percent) => [`${percent} %`, { share: percent / 100 }]),
    ),
    needles: Object.fromEntries(
      [0, 0.1, 0.5, 0.9].map((mass) => [`${100 * mass} % on needles`, { 'task.mass': mass }]),
    ),
  },
  combinations: ({ method, share }) => Object.hasOwn(RIVALS, method!) || !ENDS.includes(share!),
  baseline: { method: 'top k' },
  seeds: [1, 2, 3, 4, 5],
  metrics: ['outputError', 'readShare', 'work'],
  contrasts: Object.entries(RIVALS).map(([method, claim]) => ({ arms: [SAMPLE, { method }], claim, ...BY })),
  report: [
    { kind: 'answer' },
    { kind: 'pareto', x: 'readShare', y: 'outputError', panels: 'needles' },
    { kind: 'pareto', x: 'work', y: 'outputError', panels: 'needles' },
    { kind: 'table' },
    { kind: 'costs' },
    { kind: 'repeat' },
  ],
  sizes: {
    quick: { seeds: [1, 2, 3], set: { 'task.keys': 4096, 'task.queries': 32 } },
    tiny: {
      seeds: [1],
      levels: { method: ['top k', SAMPLE.method], needles: ['50 % on needles'] },
      set: { 'task.keys': 256, 'task.queries': 8, 'task.dimensions': 16 },
    },
  },
});
