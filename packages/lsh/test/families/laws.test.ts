import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import {
  collisionProbability,
  crossPolytope,
  doph,
  dwta,
  type FamilySpec,
  minHash,
  pStable,
  simHash,
  weightedMinHash,
  wta,
} from '../../src/index.ts';
import { collisions } from '../collisions.ts';
import { cosinePairs, distancePairs, type Pairs, rankPairs, setPairs, spread, weightPairs } from '../laws.ts';

const team = Team.single(new Arena());

/** Tables drawn at a time; a seed is one draw of tables that need not be independent. */
const TABLES = 250;
const SEEDS = 100;

interface Case {
  readonly name: string;
  readonly spec: FamilySpec;
  readonly pairs: Pairs;
  /** By what share of it the rate may be off besides chance; 0 where the law is exact. */
  readonly off?: number;
  readonly form?: 'dense' | 'sparse';
}

const tables = TABLES;
const [deep, shallow] = [wta({ hashes: 2, tables }), wta({ hashes: 1, tables, binSize: 4 })];
const [mixed, pair] = [wta({ hashes: 4, tables, buckets: 50 }), dwta({ hashes: 2, tables })];

/** Each family with pairs of dense vectors, and with others of which most coordinates are 0, given as sparse ones. */
const CASES: readonly Case[] = [
  { name: 'simHash', spec: simHash({ bits: 2, tables }), pairs: cosinePairs(12) },
  {
    name: 'simHash, sparse',
    spec: simHash({ bits: 2, tables, projection: 'sparse' }),
    pairs: cosinePairs(128),
    off: 0.01,
  },
  {
    name: 'simHash, hadamard',
    spec: simHash({ bits: 2, tables, projection: 'hadamard' }),
    pairs: cosinePairs(128),
    off: 0.01,
  },
  {
    name: 'crossPolytope',
    spec: crossPolytope({ bits: 5, tables, size: 16 }),
    pairs: cosinePairs(128),
    off: 0.03,
  },
  {
    name: 'crossPolytope, two',
    spec: crossPolytope({ bits: 6, tables, size: 8 }),
    pairs: cosinePairs(128),
    off: 0.03,
  },
  { name: 'pStable', spec: pStable({ hashes: 1, tables, width: 2 }), pairs: distancePairs(10) },
  {
    name: 'pStable, four cells',
    spec: pStable({ hashes: 2, tables, width: 1.5, cells: 4 }),
    pairs: distancePairs(10),
  },
  {
    name: 'pStable, two cells',
    spec: pStable({ hashes: 3, tables, width: 3, cells: 2 }),
    pairs: distancePairs(10),
  },
  { name: 'wta', spec: deep, pairs: rankPairs(40, deep, 'values') },
  { name: 'wta, bins of 4', spec: shallow, pairs: rankPairs(40, shallow, 'values') },
  { name: 'wta, mixed', spec: mixed, pairs: rankPairs(40, mixed, 'values') },
  { name: 'dwta', spec: pair, pairs: rankPairs(60, pair) },
  { name: 'minHash', spec: minHash({ hashes: 1, tables, bits: 8 }), pairs: setPairs(60, 40) },
  { name: 'minHash, 2 of a bit', spec: minHash({ hashes: 2, tables, bits: 1 }), pairs: setPairs(60, 40) },
  { name: 'doph', spec: doph({ hashes: 1, tables, bits: 8 }), pairs: setPairs(60, 40) },
  { name: 'doph, 3 of 2 bits', spec: doph({ hashes: 3, tables, bits: 2 }), pairs: setPairs(60, 40) },
  {
    name: 'weightedMinHash',
    spec: weightedMinHash({ hashes: 1, tables, bits: 8 }),
    pairs: weightPairs(20, 0),
  },
  {
    name: 'weightedMinHash, 2 of 2 bits',
    spec: weightedMinHash({ hashes: 2, tables, bits: 2 }),
    pairs: weightPairs(20, 0),
  },
].flatMap((each: Case) => [
  { ...each, form: 'dense' },
  { ...each, form: 'sparse', pairs: each.spec['binSize'] === undefined ? spread(each.pairs) : each.pairs },
]);

describe.each(CASES)('$name, $form', ({ spec, pairs, off = 0, form = 'dense' }) => {
  test('vectors collide as often as the law says', () => {
    const { hits, draws, variances } = collisions(team, spec, pairs.rows, SEEDS, { form });
    expect(draws).toBeGreaterThanOrEqual(20_000);
    expect(pairs.similarities.length).toBeGreaterThanOrEqual(10);
    for (const [i, similarity] of pairs.similarities.entries()) {
      const p = collisionProbability(spec, similarity);
      // The tables of a seed need not be independent, but seeds are.
      const variance = Math.max(draws * p * (1 - p), SEEDS * (variances[i] ?? 0));
      const far = Math.abs((hits[i] ?? 0) - draws * p);
      expect(far).toBeLessThan(off * draws * p + 4 * Math.sqrt(variance));
    }
  });
});
