import { randomStream } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { collisionProbability, inclusionProbability, LshIndex, type Metric } from '../../src/index.ts';
import { lengthOf, METRICS, valueOf } from './oracle.ts';

const DIMENSIONS = 32;
const VECTORS = 2000;
const QUERIES = 100;
/** Nearest neighbours that are to be found. */
const K = 10;

/** Vectors around 100 centres, and queries of the same kind: neighbours of all similarities. */
function clusters(seed: number): { vectors: Float32Array; queries: Float32Array[] } {
  const random = randomStream(seed, 'clusters');
  const centres = Array.from({ length: 100 }, () => {
    return Float32Array.from({ length: DIMENSIONS }, () => random.normal());
  });
  const draw = (): Float32Array => {
    const noise = 0.3 + random.uniform();
    return (centres[random.integer(100)] as Float32Array).map((x) => x + noise * random.normal());
  };
  const vectors = new Float32Array(VECTORS * DIMENSIONS);
  for (let i = 0; i < VECTORS; i++) vectors.set(draw(), i * DIMENSIONS);
  return { vectors, queries: Array.from({ length: QUERIES }, draw) };
}

const NEAR: Readonly<Record<Metric, number>> = { cosine: 0.7, euclidean: 5, innerProduct: 0.5 };

describe.each(METRICS)('the family suggested for %s', (metric) => {
  const near = NEAR[metric];

  test('finds what is near with the recall asked for, by its law, with the fewest tables', () => {
    for (const [recall, expected] of [
      [0.5, 100],
      [0.9, 10_000],
    ] as const) {
      const { spec, ...said } = LshIndex.suggest({ dimensions: DIMENSIONS, metric, near, recall, expected });
      const p = collisionProbability(spec, near);
      expect(said.recall).toBeCloseTo(inclusionProbability(p, spec.tables), 12);
      expect(said.recall).toBeGreaterThanOrEqual(recall);
      expect(inclusionProbability(p, spec.tables - 1)).toBeLessThan(recall);
      using index = new LshIndex({ dimensions: DIMENSIONS, metric, near, recall, expected });
      expect(index.family).toEqual(spec);
    }
  });

  test('finds the share of the true nearest that its law says', () => {
    const { vectors, queries } = clusters(5);
    using index = new LshIndex({ dimensions: DIMENSIONS, metric, near, expected: VECTORS, seed: 2 });
    index.add(vectors);
    const rows = Array.from({ length: VECTORS }, (_, i) =>
      vectors.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS),
    );
    const longest = Math.max(...rows.map(lengthOf));
    let [found, law] = [0, 0];
    for (const query of queries) {
      const values = rows.map((row) => valueOf(metric, query, row));
      const sign = metric === 'euclidean' ? 1 : -1;
      const nearest = values.map((_, i) => i).toSorted((a, b) => sign * (values[a]! - values[b]!));
      const hits = new Set(index.query(query, { limit: K }).ids);
      for (const id of nearest.slice(0, K)) {
        const value = values[id] as number;
        // The cosine behind Simple-LSH.
        const similarity = metric === 'innerProduct' ? value / (lengthOf(query) * longest) : value;
        law += inclusionProbability(collisionProbability(index.family, similarity), index.family.tables);
        if (hits.has(id)) found++;
      }
    }
    const total = K * QUERIES;
    // One draw of hash functions; rotations are a little stricter than the law of cross-polytopes.
    expect(Math.abs(found - law) / total).toBeLessThan(0.04);
    expect(found / total).toBeGreaterThan(0.6);
  });
});

function suggest(options: object): () => unknown {
  return () => LshIndex.suggest({ dimensions: 8, metric: 'cosine', ...options });
}

test('what cannot be suggested is refused, saying what is missing', () => {
  expect(suggest({ metric: 'euclidean' })).toThrow(/needs `near`, a distance/);
  expect(suggest({ metric: 'euclidean', near: 0 })).toThrow('near is a distance above 0; got 0.');
  expect(suggest({ near: 1 })).toThrow('near is a cosine above 0 and below 1; got 1.');
  expect(suggest({ recall: 1 })).toThrow('recall is above 0 and below 1; got 1.');
  expect(suggest({ expected: 0 })).toThrow(/expected is an integer from 1 to 536870912; got 0/);
  expect(suggest({ recal: 0.9 })).toThrow('There is no option recal of suggest');
  expect(suggest({ metric: 'manhattan' })).toThrow(
    /metric is 'cosine', 'euclidean', .*; got the string 'manhattan'/,
  );
  expect(suggest({ dimensions: 0 })).toThrow('An index has 1 or more dimensions; got 0.');
});

test('a background with which everything would be read is refused', () => {
  const all = 'LshIndex: background is of items that need not be found, so that some of it is';
  expect(suggest({ metric: 'euclidean', near: 2, background: 0 })).toThrow(`${all} above near, 2; got 0.`);
  expect(suggest({ metric: 'euclidean', near: 2, background: 2 })).toThrow(`${all} above near, 2; got 2.`);
  expect(suggest({ metric: 'euclidean', near: 2, background: [0, 1.5, 2, 1, 1, 1] })).toThrow(
    `${all} above near, 2; got 0, 1.5, 2, 1, 1, ....`,
  );
  expect(suggest({ metric: 'cosine', near: 0.7, background: 0.9 })).toThrow(
    `${all} below near, 0.7; got 0.9.`,
  );
  expect(suggest({ metric: 'innerProduct', near: 0.5, background: [0.5] })).toThrow(
    `${all} below near, 0.5; got 0.5.`,
  );
  expect(suggest({ metric: 'euclidean', near: 2, background: [] })).toThrow(
    'LshIndex: background has 1 or more similarities.',
  );
  expect(() => new LshIndex({ dimensions: 8, metric: 'euclidean', near: 2, background: 1 })).toThrow(all);
  // A query may be one of the items.
  expect(suggest({ metric: 'euclidean', near: 2, background: [0, 3, 5] })).not.toThrow();
  expect(suggest({ metric: 'cosine', near: 0.7, background: [1, 0.1] })).not.toThrow();
});

test('one and two dimensions, and a single vector expected, have families too', () => {
  for (const metric of METRICS) {
    for (const dimensions of [1, 2]) {
      using index = new LshIndex({ dimensions, metric, near: 0.5, expected: 1 });
      index.add(new Float32Array(3 * dimensions).map((_, i) => i + 1));
      expect(index.query(new Float32Array(dimensions).fill(1)).ids.length).toBeGreaterThan(0);
    }
  }
});
