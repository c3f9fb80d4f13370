/** Units that never fire: does balancing the choice bring them to life, and is the network the better for it? */
import { BALANCE_ARMS, balancesOf, NARROW_WIDTHS } from '../arms/balance.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { trainConfig } from '../measures/train.ts';
import { languageModel } from '../tasks/language-model.ts';

const LOSS = { metric: 'loss.sparse', margin: 0.02 };
const RATES = [0.0003, 0.0006, 0.001, 0.002, 0.004, 0.008];
const BALANCED = ['topK+bias', 'topK+boosting', 'topK+loss', 'signatures+bias', 'lsh+bias'];

/** The study of balance. */
export const balance: Study = defineStudy({
  name: 'balance',
  question: 'Where 2.5 % of a wide hidden layer are chosen: does it help that all units are chosen alike?',
  measure: 'train',
  base: trainConfig({
    task: languageModel('file'),
    validation: 0.05,
    network: { inputs: 3003, hidden: [128, 4096], classes: 1000, activation: ['linear', 'relu'] },
    active: 0.025,
    epochs: 3,
    threads: 1,
  }),
  factors: { arm: BALANCE_ARMS, width: NARROW_WIDTHS },
  baseline: { arm: 'topK' },
  seeds: [1, 2, 3],
  tune: {
    search: 'random',
    trials: 8,
    seed: 101,
    metric: 'loss.sparse',
    parameters: { 'optimizer.rate': RATES, 'select.balance': balancesOf },
  },
  metrics: ['loss.sparse', 'deadShare', 'work', 'activeShare', 'loss', 'secondsPerEpoch'],
  contrasts: [
    { arms: [{ arm: 'topK+bias' }, { arm: 'topK' }], metric: 'deadShare', margin: 0.05 },
    ...BALANCED.map((arm) => ({ arms: [{ arm }, { arm: arm.replace(/\+.*/, '') }] as const, ...LOSS })),
    ...['topK', ...BALANCED].map((arm) => ({
      arms: [{ arm }, { arm: 'narrow' }] as const,
      ...LOSS,
      at: { cost: 'work', along: 'width' },
    })),
  ],
  report: [
    ...['answer', 'table'].map((kind) => ({ kind })),
    { kind: 'pareto', x: 'work', y: 'loss.sparse' },
    ...['costs', 'tuning', 'repeat'].map((kind) => ({ kind })),
  ],
  sizes: {
    // The others, of which signatures and dense take long, are for --set.
    full: {
      levels: {
        arm: ['narrow', 'topK', 'topK+bias', 'lsh', 'lsh+bias'],
        width: ['5 %', '10 %', '15 %', '20 %', '30 %'],
      },
    },
    quick: {
      seeds: [1],
      levels: { arm: ['narrow', 'topK', 'topK+bias', 'topK+boosting'], width: ['5 %', '10 %', '20 %'] },
      set: { task: languageModel('made-up', { train: 40_000, test: 5000 }), epochs: 1 },
    },
    tiny: {
      seeds: [1],
      levels: { arm: ['narrow', 'topK', 'topK+bias', 'lsh+boosting'], width: ['10 %', '30 %'] },
      set: {
        task: languageModel('made-up', { words: 50, train: 300, test: 60 }),
        'network.inputs': 153,
        'network.hidden': [16, 120],
        'network.classes': 50,
        epochs: 1,
      },
    },
  },
});
