import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asymmetricMinHash,
  bucketRank,
  identity,
  indexTransformOf,
  l2Alsh,
  normRanging,
  qnf,
  saAlsh,
  signAlsh,
  simpleAlsh,
  simpleLsh,
  type TransformSpec,
  xbox,
} from '../../src/index.ts';
import { transformData, transformQuery } from '../transforms.ts';
import { dot, length, normals, scaled } from '../vectors.ts';

const cosine = (x: readonly number[], y: readonly number[]): number => dot(x, y) / (length(x) * length(y));
const squaredDistance = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, k) => sum + (value - (y[k] ?? 0)) ** 2, 0);

/** Random vectors of several lengths, and a query. */
const examples = fc.record({
  seed: fc.nat(),
  dimensions: fc.constantFrom(1, 2, 5, 33, 128),
  size: fc.constantFrom(0.01, 1, 30),
  slack: fc.constantFrom(1, 1.5, 10),
});

interface Example {
  readonly rows: number[][];
  readonly query: number[];
  /** M^2 */
  readonly bound: number;
}

function make({
  seed,
  dimensions,
  size,
  slack,
}: { [K in 'seed' | 'dimensions' | 'size' | 'slack']: number }): Example {
  const [query = [], ...rows] = normals(9, dimensions, seed).map((x, i) => scaled(x, size * (0.1 + (i % 5))));
  return { rows, query, bound: Math.max(...rows.map((x) => dot(x, x))) * slack };
}

/** The identity as the papers have it, for a query and one vector; M is the root of the bound. */
const IDENTITIES: readonly {
  readonly spec: TransformSpec;
  readonly of: 'cosine' | 'euclidean';
  readonly law: (x: readonly number[], q: readonly number[], M: number) => number;
}[] = [
  { spec: identity(), of: 'cosine', law: (x, q) => cosine(x, q) },
  { spec: identity(), of: 'euclidean', law: (x, q) => squaredDistance(x, q) },
  ...[
    { powers: 3, bound: 0.83 },
    { powers: 5, bound: 0.6 },
  ].map((parameters) => ({
    spec: l2Alsh(parameters),
    of: 'euclidean' as const,
    // |P - Q|^2 = 1 + m/4 - 2 q . x + |x|^(2^(m + 1)), q of length 1, x scaled by U / M.
    law: (x: readonly number[], q: readonly number[], M: number) => {
      const { powers: m, bound: U } = parameters;
      const down = scaled(x, U / M);
      return 1 + m / 4 - (2 * dot(down, q)) / length(q) + length(down) ** (2 ** (m + 1));
    },
  })),
  ...[
    { powers: 2, bound: 0.75 },
    { powers: 3, bound: 0.85 },
  ].map((parameters) => ({
    spec: signAlsh(parameters),
    of: 'cosine' as const,
    law: (x: readonly number[], q: readonly number[], M: number) => {
      const { powers: m, bound: U } = parameters;
      const down = scaled(x, U / M);
      return dot(down, q) / (length(q) * Math.sqrt(m / 4 + length(down) ** (2 ** (m + 1))));
    },
  })),
  { spec: simpleLsh(), of: 'cosine', law: (x, q, M) => dot(x, q) / (M * length(q)) },
  {
    // Queries are up to some 180 long here: a bound that some keep and some do not.
    spec: simpleAlsh({ queryBound: 2 }),
    of: 'cosine',
    law: (x, q, M) => dot(x, q) / (M * Math.max(2, length(q))),
  },
  { spec: xbox(), of: 'cosine', law: (x, q, M) => dot(x, q) / (M * length(q)) },
  { spec: xbox(), of: 'euclidean', law: (x, q, M) => M ** 2 + dot(q, q) - 2 * dot(x, q) },
  { spec: qnf(), of: 'cosine', law: (x, q, M) => dot(x, q) / (M * length(q)) },
  { spec: qnf(), of: 'euclidean', law: (x, q, M) => 2 * M ** 2 - (2 * M * dot(x, q)) / length(q) },
  { spec: saAlsh(), of: 'cosine', law: (x, q, M) => dot(x, q) / (M * length(q)) },
  { spec: normRanging(), of: 'cosine', law: (x, q, M) => dot(x, q) / (M * length(q)) },
];

describe('the identity of', () => {
  test.each(IDENTITIES)('$spec.kind ($of) holds to float precision', ({ spec, of, law }) => {
    const transform = indexTransformOf(spec);
    fc.assert(
      fc.property(examples, (parameters) => {
        const { rows, query, bound } = make(parameters);
        const q = transformQuery(transform, query, bound);
        for (const [i, p] of transformData(transform, rows, bound).entries()) {
          const x = rows[i] as number[];
          const wanted = law(x, query, Math.sqrt(bound));
          const measured = of === 'cosine' ? cosine(p, q) : squaredDistance(p, q);
          // A squared distance is small beside what it is the difference of.
          const size = of === 'cosine' ? 1 : dot(p, p) + dot(q, q);
          expect(Math.abs(measured - wanted)).toBeLessThan(3e-6 * size);
          const pair = {
            product: dot(x, query),
            squaredNorm: dot(x, x),
            querySquaredNorm: dot(query, query),
            bound,
          };
          const stated = transform.similarity(of, pair);
          expect(Math.abs((of === 'cosine' ? stated : stated ** 2) - wanted)).toBeLessThan(1e-12 * size);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('asymmetricMinHash is a / (M + f_q - a), which grows with the intersection a', () => {
    const M = 12;
    const transform = indexTransformOf(asymmetricMinHash({ most: M }));
    const bit = fc.constantFrom(0, 1);
    const sets = fc.array(bit, { minLength: 20, maxLength: 20 }).filter((x) => dot(x, x) <= M);
    fc.assert(
      fc.property(
        sets,
        sets.filter((q) => dot(q, q) > 0),
        (x, q) => {
          const [p] = transformData(transform, [x], M);
          const query = transformQuery(transform, q, M);
          const a = dot(p ?? [], query);
          const union = p?.filter((value, k) => value + (query[k] ?? 0) > 0).length ?? 0;
          expect(a).toBe(dot(x, q));
          expect(a / union).toBe(a / (M + dot(q, q) - a));
          const pair = { product: a, squaredNorm: dot(x, x), querySquaredNorm: dot(q, q), bound: M };
          expect(transform.similarity('jaccard', pair)).toBe(a / union);
        },
      ),
    );
  });
});

describe('the order', () => {
  test('of similarities is that of inner products, for transforms that promise it', () => {
    for (const { spec, of } of IDENTITIES.filter(
      ({ spec: { kind } }) => !['identity', 'signAlsh', 'l2Alsh'].includes(kind),
    )) {
      const transform = indexTransformOf(spec);
      const { rows, query, bound } = make({ seed: 5, dimensions: 33, size: 1, slack: 1 });
      const q = transformQuery(transform, query, bound);
      const ranks = transformData(transform, rows, bound).map((p, i) => ({
        near: of === 'cosine' ? cosine(p, q) : -squaredDistance(p, q),
        product: dot(rows[i] as number[], query),
      }));
      const byProduct = ranks.toSorted((a, b) => a.product - b.product);
      expect(ranks.toSorted((a, b) => a.near - b.near)).toEqual(byProduct);
    }
  });
});

describe('rho', () => {
  /** Shares of the greatest product, ratios, and what the papers' formulas give. */
  test.each([
    [0.9, 0.9, 0.856, 0.896, 0.697],
    [0.9, 0.5, 0.508, 0.426, 0.358],
    [0.7, 0.7, 0.8, 0.773, 0.71],
    [0.5, 0.5, 0.83, 0.774, 0.745],
    [0.3, 0.9, 1, 0.996, 0.968],
    [0.3, 0.5, 0.921, 0.874, 0.857],
  ])(
    'at %s of the greatest, ratio %s, of L2-ALSH, Sign-ALSH and Simple-LSH',
    (product, ratio, ...expected) => {
      const found = [l2Alsh(), signAlsh(), simpleLsh()].map(
        (spec) => indexTransformOf(spec).rho?.(product, ratio) ?? 0,
      );
      for (const [i, value] of found.entries())
        expect(Math.abs(value - (expected[i] as number))).toBeLessThan(6e-4);
    },
  );

  test('of the others that have one is below 1, and falls with the ratio', () => {
    for (const spec of [simpleAlsh(), xbox(), qnf(), normRanging(), asymmetricMinHash({ most: 9 })]) {
      const rho = indexTransformOf(spec).rho ?? (() => Number.NaN);
      expect(rho(0.7, 0.8)).toBeLessThan(1);
      expect(rho(0.7, 0.5)).toBeLessThan(rho(0.7, 0.8));
    }
    expect([saAlsh(), identity()].map((spec) => indexTransformOf(spec).rho)).toEqual([undefined, undefined]);
  });
});

test('the rank of a bucket is its greatest length times the cosine of the angle that the bits tell', () => {
  expect(bucketRank(3, 16, 16)).toBe(3);
  expect(bucketRank(2, 0, 16, 0)).toBe(-2);
  expect(bucketRank(1, 8, 16)).toBeCloseTo(Math.cos(0.3 * Math.PI));
});

describe('parameters', () => {
  test.each([
    [() => l2Alsh({ powers: 0 }), 'l2Alsh: powers is an integer from 1 to 20; got 0.'],
    [() => l2Alsh({ bound: 1 }), 'l2Alsh: bound is above 0 and below 1; got 1.'],
    [() => signAlsh({ powers: 1.5 }), 'signAlsh: powers is an integer from 1 to 20; got 1.5.'],
    [() => signAlsh({ bound: 0 }), 'signAlsh: bound is above 0 and below 1; got 0.'],
    [() => simpleAlsh({ queryBound: -1 }), 'simpleAlsh: queryBound is above 0 and below Infinity; got -1.'],
    [() => qnf({ c0: 1 }), 'qnf: c0 is above 1 and below Infinity; got 1.'],
    [() => qnf({ c: 2 }), 'qnf: c is above 0 and below 1; got 2.'],
    [() => qnf({ most: 0 }), 'qnf: most is an integer from 1 to 2147483647; got 0.'],
    [() => saAlsh({ ratio: 1.2 }), 'saAlsh: ratio is above 0 and below 1; got 1.2.'],
    [() => saAlsh({ scan: -1 }), 'saAlsh: scan is an integer from 0 to 2147483647; got -1.'],
    [() => normRanging({ blocks: 0 }), 'normRanging: blocks is an integer from 1 to 65536; got 0.'],
    [() => asymmetricMinHash({ most: 0 }), 'asymmetricMinHash: most is an integer from 1 to 1048576; got 0.'],
  ])('out of range are refused: %s', (make_, message) => {
    expect(make_).toThrow(new RangeError(message));
  });

  test("QNF's blocks have the ratio of the paper", () => {
    expect(indexTransformOf(qnf()).blocks?.ratio).toBeCloseTo(0.984, 3);
  });
});
