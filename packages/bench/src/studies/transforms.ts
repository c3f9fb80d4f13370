/** Do the lengths of weight vectors matter, or their angles to the input alone? */
import { lsh } from '@hashgrad/sparse-nn';
import { identity, simpleLsh, type TransformSpec } from '@hashgrad/mips';
import { hiddenLevel } from '../arms/hidden.ts';
import { tablesFor } from '../arms/sizes.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { LSH_BASE, LSH_METRICS, LSH_REPORT, LSH_SEEDS, LSH_TUNING, lshSizes } from './one-factor.ts';

const by = { metric: 'accuracy.sparse', margin: 0.005 };

const level = (transform: TransformSpec, centred: boolean) =>
  hiddenLevel((fraction, layer) => lsh({ fraction, family: tablesFor(layer), transform, centred }));

/** The study of transforms. */
export const transforms: Study = defineStudy({
  name: 'transforms',
  question: 'Do units chosen by inner product do better than units chosen by angle, and does centring help?',
  measure: 'train',
  base: LSH_BASE,
  factors: {
    transform: {
      'by angle': level(identity(), false),
      'by angle, centred': level(identity(), true),
      simpleLsh: level(simpleLsh(), false),
      'simpleLsh, centred': level(simpleLsh(), true),
    },
  },
  baseline: { transform: 'by angle' },
  seeds: LSH_SEEDS,
  tune: LSH_TUNING,
  metrics: LSH_METRICS,
  contrasts: ['by angle, centred', 'simpleLsh'].map((transform) => ({
    arms: [{ transform }, { transform: 'by angle' }] as const,
    ...by,
  })),
  report: LSH_REPORT,
  sizes: lshSizes('transform', ['by angle', 'simpleLsh']),
});
