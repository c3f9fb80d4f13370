/** Families that learn their directions: what lessons are worth, and what they refuse. */
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { polarFactor } from '../../src/families/orthogonal.ts';
import { describe, expect, test } from 'vitest';
import {
  bindHasher,
  familyOf,
  HashTables,
  itq,
  learned,
  LshIndex,
  simHash,
  type FamilySpec,
} from '../../src/index.ts';

const team = Team.single(new Arena());
const [ROWS, WIDTH, QUERIES, BEST] = [4000, 32, 150, 10];

/** Rows whose coordinates have falling variance, and queries that are 0 or more, as a ReLU layer gives. */
function world(seed: number): { rows: Float32Array; queries: Float32Array; near: Int32Array } {
  const random = randomStream(seed, 'rows');
  const rows = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => random.normal() / (1 + (i % WIDTH)));
  const queries = Float32Array.from({ length: QUERIES * WIDTH }, () => Math.max(0, random.normal()));
  const near = Array.from({ length: QUERIES }, (_, q) => {
    const products = Float64Array.from({ length: ROWS }, (_unused, r) => {
      let sum = 0;
      for (let k = 0; k < WIDTH; k++) sum += rows[r * WIDTH + k] * queries[q * WIDTH + k];
      return sum;
    });
    return [...products.keys()].toSorted((a, b) => products[b] - products[a]).slice(0, BEST);
  });
  return { rows, queries, near: Int32Array.from(near.flat()) };
}

/** The rows as lessons have them, and the queries of another draw with the best rows for them. */
const { rows, queries, near } = world(1);
const half = QUERIES / 2;
const lesson = {
  rows,
  queries: queries.subarray(0, half * WIDTH),
  near: near.subarray(0, half * BEST),
  seed: 5,
};

interface Found {
  /** Of the best rows of queries that were in no lesson, among the 200 that collide most. */
  readonly recall: number;
  /** Entries read, a query. */
  readonly entries: number;
  readonly codes: Uint32Array;
}

function find(spec: FamilySpec, lessons: number): Found {
  using arena = new Scratch();
  const hasher = bindHasher(spec, { dimensions: WIDTH, tailWidth: 0, seed: 3, team });
  for (let i = 0; i < lessons; i++) hasher.learning?.learn({ ...lesson, seed: i });
  const { tables, buckets } = hasher;
  const codes = arena.uint32(ROWS * tables);
  const asked = arena.uint32(half * tables);
  const [held, put] = [arena.float32(rows.length), arena.float32(half * WIDTH)];
  held.set(rows);
  put.set(queries.subarray(half * WIDTH));
  hasher.hash({ values: held, stride: WIDTH, width: WIDTH }, ROWS, { codes, stride: ROWS });
  hasher.hash({ values: put, stride: WIDTH, width: WIDTH }, half, { codes: asked, stride: half });
  hasher.close();
  using built = new HashTables({ items: ROWS, tables, buckets, team });
  built.build(codes);
  const limit = 200;
  const [ids, lengths, candidates] = [arena.int32(half * limit), arena.int32(half), arena.int32(half)];
  built.query(asked, half, { limit }, { ids, lengths, candidates });
  let hits = 0;
  for (let q = 0; q < half; q++) {
    const found = new Set(ids.subarray(q * limit, q * limit + lengths[q]));
    for (const row of near.subarray((half + q) * BEST, (half + q + 1) * BEST)) hits += Number(found.has(row));
  }
  return { recall: hits / (half * BEST), entries: built.entries(asked, half) / half, codes: codes.slice() };
}

/** What a test takes of the arena. */
class Scratch implements Disposable {
  readonly #views: (Float32Array | Int32Array | Uint32Array)[] = [];
  float32 = (length: number): Float32Array => this.#note(team.arena.float32(length));
  int32 = (length: number): Int32Array => this.#note(team.arena.int32(length));
  uint32 = (length: number): Uint32Array => this.#note(team.arena.uint32(length));

  #note<T extends Float32Array | Int32Array | Uint32Array>(view: T): T {
    this.#views.push(view);
    return view;
  }

  [Symbol.dispose](): void {
    for (const view of this.#views) team.arena.free(view);
  }
}

const size = { bits: 6, tables: 20 };

describe('on rows of falling variance, at as many bits', () => {
  const plain = find(simHash(size), 0);

  test.for([
    ['learned', learned(size)],
    ['itq', itq(size)],
  ] as const)('%s finds more than simHash does, and reads no more', ([, spec]) => {
    const taught = find(spec, 1);
    expect(taught.recall).toBeGreaterThan(1.5 * plain.recall);
    expect(taught.entries).toBeLessThan(2 * plain.entries);
    expect(taught.recall / taught.entries).toBeGreaterThan(plain.recall / plain.entries);
  });

  test('untaught they find what simHash does, about', () => {
    for (const spec of [learned(size), itq(size)]) {
      expect(Math.abs(find(spec, 0).recall - plain.recall)).toBeLessThan(0.06);
    }
  });

  test('a second lesson of triplets goes on from the first', () => {
    const [one, two] = [find(learned(size), 1), find(learned(size), 2)];
    expect(two.codes).not.toEqual(one.codes);
    expect(two.recall).toBeGreaterThan(one.recall - 0.05);
  });
});

test.for([learned(size), itq(size)])('$kind: what was learned can be kept, and written back', (spec) => {
  const context = { dimensions: WIDTH, tailWidth: 0, seed: 3, team };
  using first = bindHasher(spec, context);
  const before = first.learning!.state.slice();
  const work = first.learning!.learn(lesson);
  expect(work.multiplyAdds).toBeGreaterThan(0);
  const after = first.learning!.state.slice();
  expect(after).not.toEqual(before);
  using second = bindHasher(spec, context);
  expect(second.learning!.state).toEqual(before);
  second.learning!.learn(lesson);
  expect(second.learning!.state).toEqual(after);
  using third = bindHasher(spec, context);
  third.learning!.state.set(after);
  const codes = team.arena.uint32(2 * size.tables);
  const values = team.arena.float32(WIDTH);
  values.set(rows.subarray(0, WIDTH));
  for (const [i, hasher] of [first, third].entries()) {
    hasher.hash({ values, stride: WIDTH, width: WIDTH }, 1, { codes, stride: 2, first: i });
  }
  for (let t = 0; t < size.tables; t++) expect(codes[2 * t]).toBe(codes[2 * t + 1]);
  team.arena.free(codes);
  team.arena.free(values);
});

test('itq: one table of as many components as bits has orthogonal directions within the principal ones', () => {
  using hasher = bindHasher(itq({ bits: 4, tables: 1, components: 4 }), {
    dimensions: WIDTH,
    tailWidth: 0,
    seed: 3,
    team,
  });
  hasher.learning!.learn(lesson);
  const { state } = hasher.learning!;
  const stride = state.length / WIDTH < 16 ? 0 : 16;
  const column = (j: number): number[] => Array.from({ length: WIDTH }, (_, k) => state[k * stride + j]);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      const product = column(i).reduce((sum, x, k) => sum + x * column(j)[k], 0);
      expect(product).toBeCloseTo(Number(i === j), 4);
    }
    // The variance of coordinate k is 1 / (1 + k)^2: the first four hold what is large.
    const within = column(i).reduce((sum, x, k) => sum + (k < 4 ? x * x : 0), 0);
    expect(within).toBeGreaterThan(0.95);
  }
});

test('itq: turns lose less of the rows to their signs', () => {
  const magnitudes = [0, 1, 5, 30].map((iterations) => {
    using hasher = bindHasher(itq({ bits: 6, tables: 1, components: 6, iterations }), {
      dimensions: WIDTH,
      tailWidth: 0,
      seed: 3,
      team,
    });
    hasher.learning!.learn(lesson);
    const { state } = hasher.learning!;
    let sum = 0;
    for (let r = 0; r < ROWS; r++) {
      for (let j = 0; j < 6; j++) {
        let product = 0;
        for (let k = 0; k < WIDTH; k++) product += rows[r * WIDTH + k] * state[k * 16 + j];
        sum += Math.abs(product);
      }
    }
    return sum;
  });
  // |sgn(v) - v|^2 over all is what it is without a rotation but for -2 |v|.
  expect(magnitudes.toSorted((a, b) => a - b)).toEqual(magnitudes);
  expect(magnitudes[3]).toBeGreaterThan(1.01 * magnitudes[0]);
});

test.for([1, 3, 8])('the nearest orthogonal matrix of %i rows', (n) => {
  const random = randomStream(n, 'matrix');
  const matrix = Float64Array.from({ length: n * n }, () => random.normal());
  const nearest = polarFactor(matrix, n);
  const overlap = (q: ArrayLike<number>): number => matrix.reduce((sum, x, i) => sum + x * q[i], 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let product = 0;
      for (let k = 0; k < n; k++) product += nearest[i * n + k] * nearest[j * n + k];
      expect(product).toBeCloseTo(Number(i === j), 9);
    }
  }
  // None that is turned a little is nearer: the trace of Q' M is largest.
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      for (const angle of [-0.01, 0.01]) {
        const turned = nearest.slice();
        for (let k = 0; k < n; k++) {
          const [x, y] = [nearest[a * n + k], nearest[b * n + k]];
          turned[a * n + k] = Math.cos(angle) * x - Math.sin(angle) * y;
          turned[b * n + k] = Math.sin(angle) * x + Math.cos(angle) * y;
        }
        expect(overlap(turned)).toBeLessThan(overlap(nearest));
      }
    }
  }
  const singular = Float64Array.from({ length: 9 }, (_, i) => Number(i === 0));
  expect(Array.from(polarFactor(singular, 3)).every(Number.isFinite)).toBe(true);
});

test.for<[string, () => void, string]>([
  ['bits', () => learned({ ...size, bits: 25 }), 'learned: bits is an integer from 1 to 24; got 25.'],
  ['rate', () => learned({ ...size, rate: 0 }), 'learned: rate is above 0; got 0.'],
  ['margin', () => learned({ ...size, margin: -1 }), 'learned: margin is above 0 and at most 100; got -1.'],
  [
    'iterations',
    () => learned({ ...size, iterations: 0 }),
    'learned: iterations is an integer from 1 to 100000; got 0.',
  ],
  [
    'components',
    () => itq({ ...size, components: 5 }),
    'itq: components is an integer from 6 to 1024; got 5.',
  ],
  ['turns', () => itq({ ...size, iterations: -1 }), 'itq: iterations is an integer from 0 to 1000; got -1.'],
])('refuses %s', ([, make, message]) => {
  expect(make).toThrow(message);
});

test('lessons that do not fit are refused', () => {
  using hasher = bindHasher(itq(size), { dimensions: WIDTH, tailWidth: 0, seed: 3, team });
  const learn = (changed: object) => () => hasher.learning!.learn({ ...lesson, ...changed });
  expect(learn({ rows: rows.subarray(0, 33) })).toThrow(
    'itq: vectors to learn from have 32 numbers; got 33 of rows',
  );
  expect(learn({ near: near.subarray(0, 7) })).toThrow(
    'itq: each of 75 queries has as many near rows; got 7 in all.',
  );
  expect(learn({ near: Int32Array.of(ROWS).subarray(0), queries: queries.subarray(0, WIDTH) })).toThrow(
    'itq: near rows are from 0 to 3999; got 4000.',
  );
  expect(
    learn({ rows: rows.subarray(0, 5 * WIDTH), near: new Int32Array(0), queries: new Float32Array(0) }),
  ).toThrow('itq: 12 principal directions take as many rows; got 5.');
});

test.each([
  ['itq', itq(size)],
  ['learned', learned({ ...size, iterations: 2 })],
])('what takes the place of a closed hasher of %s is not learned over', (_, spec) => {
  const own = Team.single(new Arena());
  const hasher = bindHasher(spec, { dimensions: WIDTH, tailWidth: 0, seed: 3, team: own });
  const { learning } = hasher;
  let other = own.arena.float32(0);
  const close = (): void => {
    hasher.close();
    other = own.arena.float32(4000).fill(3);
  };
  // The lesson itself closes it the first time.
  const closing = Object.defineProperty({ ...lesson }, 'near', { get: () => (close(), near) });
  for (const given of [closing, lesson]) {
    expect(() => learning!.learn(given)).toThrow('This hasher is closed.');
    expect(other.every((value) => value === 3)).toBe(true);
  }
  expect(() => learning!.state).toThrow('This hasher is closed.');
});

test('who gives no lessons refuses families that learn', () => {
  expect(familyOf(learned(size)).learns).toBe('pairs');
  expect(familyOf(itq(size)).learns).toBe('rows');
  expect(() => new LshIndex({ dimensions: 4, metric: 'cosine', family: itq(size) })).toThrow(
    'itq learns from lessons, which only lsh() of @hashgrad/sparse-nn gives; have simHash().',
  );
});
