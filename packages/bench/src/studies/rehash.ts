/** How often must a hidden layer's tables be made anew? */
import { lsh, rehashDecay, rehashNever, rehashOnChange, type RehashSpec } from '@hashgrad/sparse-nn';
import { hiddenLevel } from '../arms/hidden.ts';
import { tablesFor } from '../arms/sizes.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { LSH_BASE, LSH_METRICS, LSH_REPORT, LSH_SEEDS, LSH_TUNING, lshSizes } from './one-factor.ts';

const by = { metric: 'accuracy.sparse', margin: 0.005 };

const level = (rehash: RehashSpec) =>
  hiddenLevel((fraction, layer) => lsh({ fraction, family: tablesFor(layer), rehash }));

/** The study of rehashing. */
export const rehash: Study = defineStudy({
  name: 'rehash',
  question: 'How often must the tables follow the weights, and is it worth its work?',
  measure: 'train',
  base: LSH_BASE,
  factors: {
    rehash: {
      'every 50 steps': level(50),
      'every 5 steps': level(5),
      'ever more rarely': level(rehashDecay({ first: 50, rate: 0.1 })),
      'on change': level(rehashOnChange({ threshold: 0.05 })),
      never: level(rehashNever()),
    },
  },
  baseline: { rehash: 'every 50 steps' },
  seeds: LSH_SEEDS,
  tune: LSH_TUNING,
  metrics: LSH_METRICS,
  contrasts: ['every 5 steps', 'on change', 'never'].map((setting) => ({
    arms: [{ rehash: setting }, { rehash: 'every 50 steps' }] as const,
    ...by,
  })),
  report: LSH_REPORT,
  sizes: lshSizes('rehash', ['every 50 steps', 'never', 'on change']),
});
