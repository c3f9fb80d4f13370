import { randomStream } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { LshIndex, pStable, simHash } from '../../src/index.ts';
import { expectAnswers } from './laws.ts';
import { METRICS, Model, valuesOf } from './oracle.ts';

const DIMENSIONS = 7;
const COUNT = 400;

describe.each(METRICS)('what is found of %s', (metric) => {
  const family =
    metric === 'euclidean'
      ? pStable({ hashes: 2, tables: 12, width: 3, cells: 8 })
      : simHash({ bits: 4, tables: 12 });
  const made = { dimensions: DIMENSIONS, metric, family, seed: 2 };
  const index: LshIndex = new LshIndex(made);
  const model = new Model(made);
  const random = randomStream(4, 'candidates');
  const draw = (count: number): Float32Array =>
    Float32Array.from({ length: count * DIMENSIONS }, () => random.normal());
  const vectors = draw(COUNT);
  model.put(index.add(vectors), vectors);

  test('collides often enough', () => {
    expect(index.size).toBe(COUNT);
    for (const minCollisions of [1, 2, 5, 12]) expectAnswers(index, model, draw(1), { minCollisions });
  });

  test('of so many candidates is the best of those that collide most, of lower ids among equals', () => {
    for (const candidates of [1, 7, 50, COUNT]) {
      const query = draw(1);
      const collisions = [...model.collisions(query)].filter(([, number]) => number > 0);
      const expected = collisions
        .toSorted(([i, a], [j, b]) => b - a || i - j)
        .slice(0, candidates)
        .map(([id]) => id);
      const hits = index.query(query, { limit: COUNT, candidates });
      expect([...hits.ids].toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
      const first = index.query(query, { limit: 2, candidates });
      expect([first.ids, valuesOf(first)]).toEqual([hits.ids.slice(0, 2), valuesOf(hits).slice(0, 2)]);
    }
  });

  test('with more probes is more, the same among it', () => {
    const query = draw(1);
    const found = [1, 2, 4].map((probes) => new Set(index.query(query, { probes, limit: COUNT }).ids));
    for (const [i, ids] of found.entries()) {
      if (i === 0) continue;
      expect([...(found[i - 1] ?? [])].filter((id) => !ids.has(id))).toEqual([]);
      expect(ids.size).toBeGreaterThan(found[i - 1]?.size ?? 0);
    }
  });

  test('by many queries is what each finds, more of them than are looked up at a time', () => {
    const queries = draw(600);
    const options = { limit: 4, filter: (id: number) => id % 3 > 0, candidates: 30 };
    const hits = index.queryBatch(queries, options);
    for (const [s, each] of hits.entries()) {
      if (s % 37 > 0) continue;
      const query = queries.subarray(s * DIMENSIONS, (s + 1) * DIMENSIONS);
      expect(each).toEqual(index.query(query, options));
    }
    // What single ones left in memory is not seen.
    expect(index.queryBatch(queries, options)).toEqual(hits);
  });
});
