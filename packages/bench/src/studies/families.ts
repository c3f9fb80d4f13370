/** Which hash family finds the units of a hidden layer best, at a like number of bits? */
import { lsh } from '@hashgrad/sparse-nn';
import { crossPolytope, dwta, itq, learned, simHash, wta, type FamilySpec } from '@hashgrad/lsh';
import { hiddenLevel } from '../arms/hidden.ts';
import { tablesFor, type LayerShape } from '../arms/sizes.ts';
import { defineStudy, type Study } from '../engine/study.ts';
import { LSH_BASE, LSH_METRICS, LSH_REPORT, LSH_SEEDS, LSH_TUNING, lshSizes } from './one-factor.ts';

const TABLES = 50;
const BITS = 4;
const by = { metric: 'accuracy.sparse', margin: 0.005 };

const level = (family: (layer: LayerShape) => FamilySpec) =>
  hiddenLevel((fraction, layer) => lsh({ fraction, family: family(layer) }));

/** The study of hash families. */
export const families: Study = defineStudy({
  name: 'families',
  question: 'Which hash family chooses the hidden units best?',
  measure: 'train',
  base: LSH_BASE,
  factors: {
    family: {
      'simHash, Hadamard': level(tablesFor),
      'simHash, Gaussian': level(() => simHash({ bits: BITS, tables: TABLES })),
      'simHash, sparse': level(() => simHash({ bits: BITS, tables: TABLES, projection: 'sparse' })),
      crossPolytope: level(() => crossPolytope({ bits: BITS, tables: TABLES, size: 8 })),
      wta: level(() => wta({ hashes: 2, tables: TABLES, binSize: 4 })),
      dwta: level(() => dwta({ hashes: 2, tables: TABLES, binSize: 4 })),
      itq: level(() => itq({ bits: BITS, tables: TABLES })),
      learned: level(() => learned({ bits: BITS, tables: TABLES })),
    },
  },
  baseline: { family: 'simHash, Hadamard' },
  seeds: LSH_SEEDS,
  tune: LSH_TUNING,
  metrics: LSH_METRICS,
  contrasts: ['simHash, Gaussian', 'simHash, sparse', 'dwta', 'learned'].map((family) => ({
    arms: [{ family }, { family: 'simHash, Hadamard' }] as const,
    ...by,
  })),
  report: LSH_REPORT,
  sizes: lshSizes('family', ['simHash, Hadamard', 'dwta', 'learned']),
});
