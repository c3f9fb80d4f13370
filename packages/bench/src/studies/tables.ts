/** How many bits, tables and probes does a hidden layer want? */
import { lsh } from '@hashgrad/sparse-nn';
import { simHash } from '@hashgrad/lsh';
import { hiddenLevel } from '../arms/hidden.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { LSH_BASE, LSH_METRICS, LSH_REPORT, LSH_SEEDS, LSH_TUNING, lshSizes } from './one-factor.ts';

const by = { metric: 'accuracy.sparse', margin: 0.005 };

const level = (bits: number, tables: number, probes = 1) =>
  hiddenLevel((fraction) =>
    lsh({ fraction, family: simHash({ bits, tables, projection: 'hadamard' }), probes }),
  );

/** The study of tables. */
export const tables: Study = defineStudy({
  name: 'tables',
  question: 'How many bits, tables and probes choose the hidden units best, and for what work?',
  measure: 'train',
  base: LSH_BASE,
  factors: {
    tables: {
      '4 bits, 50 tables': level(4, 50),
      '4 bits, 10 tables': level(4, 10),
      '4 bits, 200 tables': level(4, 200),
      '6 bits, 50 tables': level(6, 50),
      '6 bits, 200 tables': level(6, 200),
      '8 bits, 200 tables': level(8, 200),
      '6 bits, 5 tables, 10 probes': level(6, 5, 10),
      '8 bits, 20 tables, 10 probes': level(8, 20, 10),
    },
  },
  baseline: { tables: '4 bits, 50 tables' },
  seeds: LSH_SEEDS,
  tune: LSH_TUNING,
  metrics: LSH_METRICS,
  contrasts: [
    '4 bits, 10 tables',
    '4 bits, 200 tables',
    '6 bits, 50 tables',
    '6 bits, 5 tables, 10 probes',
  ].map((setting) => ({ arms: [{ tables: setting }, { tables: '4 bits, 50 tables' }] as const, ...by })),
  report: LSH_REPORT,
  sizes: lshSizes('tables', ['4 bits, 50 tables', '4 bits, 10 tables', '6 bits, 5 tables, 10 probes']),
});
