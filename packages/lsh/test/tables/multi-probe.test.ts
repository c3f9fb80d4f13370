import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import {
  bindHasher,
  crossPolytope,
  type FamilySpec,
  HashTables,
  pStable,
  simHash,
  tune,
  wta,
} from '../../src/index.ts';
import { lookUp } from '../oracle.ts';
import { emptyResult } from '../queries.ts';

const team = Team.single(new Arena());
const { arena } = team;
afterAll(() => arena[Symbol.dispose]());

const WIDTH = 16;
const COUNT = 800;
const QUERIES = 40;

const random = randomStream(1, 'multi-probe');
const vectors = { values: arena.float32(COUNT * WIDTH), stride: WIDTH, width: WIDTH };
for (let i = 0; i < COUNT * WIDTH; i++) vectors.values[i] = random.normal();
/** Query s is near item s. */
const queries = { values: arena.float32(QUERIES * WIDTH), stride: WIDTH, width: WIDTH };
for (let i = 0; i < QUERIES * WIDTH; i++) queries.values[i] = vectors.values[i]! + 0.4 * random.normal();

/** What queries with so many probes find, and what they should. */
function ask(spec: FamilySpec, probes: number): { ids: number[][]; expected: number[][]; own: number } {
  using hasher = bindHasher(spec, { dimensions: WIDTH, tailWidth: 0, seed: 1, team });
  const { tables, buckets } = hasher;
  using index = new HashTables({ items: COUNT, tables, buckets, team });
  const codes = arena.uint32(COUNT * tables);
  hasher.hash(vectors, COUNT, { codes, stride: COUNT });
  index.build(codes);
  const asked = arena.uint32(QUERIES * tables * probes);
  hasher.probe?.(queries, QUERIES, probes, { codes: asked, stride: QUERIES });
  const result = emptyResult(arena, QUERIES, COUNT);
  index.query(asked, QUERIES, { limit: COUNT, probes }, result);
  const ids = Array.from({ length: QUERIES }, (_, s) =>
    Array.from(result.ids.subarray(s * COUNT, s * COUNT + result.lengths[s]!)),
  );
  const itemCodes = Array.from({ length: COUNT }, (_, i) =>
    Array.from({ length: tables }, (_unused, t) => codes[t * COUNT + i]!),
  );
  const expected = Array.from({ length: QUERIES }, (_, s) => {
    const own = Array.from({ length: tables }, (_unused, t) =>
      Array.from({ length: probes }, (_never, p) => asked[(t * probes + p) * QUERIES + s]!),
    );
    return lookUp(itemCodes, own, { limit: COUNT, rank: 'count', ascending: false, forced: [] }).ids;
  });
  for (const view of [codes, asked]) arena.free(view);
  return { ids, expected, own: ids.filter((found, s) => found.includes(s)).length };
}

describe.each<[string, FamilySpec]>([
  ['simHash', simHash({ bits: 10, tables: 3 })],
  ['crossPolytope', crossPolytope({ bits: 10, tables: 3 })],
  ['pStable', pStable({ hashes: 4, tables: 3, width: 3 })],
])('probes of %s', (_, spec) => {
  test('go into queries as they are written, and find what lies near by', () => {
    const [single, several] = [ask(spec, 1), ask(spec, 12)];
    expect(single.ids).toEqual(single.expected);
    expect(several.ids).toEqual(several.expected);
    expect(several.own).toBeGreaterThan(single.own + 5);
  });
});

/** A family whose hasher has no probes. */
function orders(hashes: number, tables: number): FamilySpec {
  return wta({ hashes, tables, binSize: 4 });
}

describe('tune with probes', () => {
  const options = {
    family: (bits: number, tables: number) => simHash({ bits, tables }),
    vectors,
    count: COUNT,
    queries,
    queryCount: QUERIES,
    relevant: 1,
    recall: 0.9,
    hashes: [10],
    team,
  };

  test('takes fewer tables for the same recall', () => {
    const settings = tune({ ...options, probes: [1, 8] });
    const tablesOf = (probes: number): number => settings.find((each) => each.probes === probes)!.tables;
    expect(tablesOf(8)).toBeLessThan(0.6 * tablesOf(1));
    for (const { recall, lookups, tables, probes } of settings) {
      expect(recall).toBeGreaterThanOrEqual(0.9);
      expect(lookups).toBe(tables * probes);
    }
  });

  test('refuses them of a family that has none', () => {
    const relevant = {
      offsets: Array.from({ length: QUERIES + 1 }, (_, s) => s),
      ids: [...Array(QUERIES).keys()],
    };
    expect(() => tune({ ...options, family: orders, hashes: [3], relevant, probes: [2] })).toThrow(
      'tune: 2 probes take a family that has them; this one has not.',
    );
  });
});
