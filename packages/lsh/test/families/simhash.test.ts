import * as fc from 'fast-check';
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { bindHasher, collisionProbability, inclusionProbability, simHash } from '../../src/index.ts';
import { atCosine, codesOf, normals } from '../vectors.ts';

const team = Team.single(new Arena());
const pair = await Team.create(new Arena(), { threads: 2 });
afterAll(() => pair[Symbol.dispose]());

const COSINES = [-0.9, -0.5, -0.2, 0, 0.2, 0.5, 0.7, 0.9, 0.97, 0.995];
const TABLES = 4096;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/**
 * The codes of x in the first row, then of a vector at each cosine, in all tables for all seeds. In three dimensions a
 * hyperplane's direction shows most how it was drawn.
 */
function drawPairs(bits: number, form: 'dense' | 'sparse'): number[][] {
  const [x = [], other = []] = normals(2, form === 'dense' ? 3 : 12, 7);
  const rows = [x, ...COSINES.map((cosine, i) => atCosine(x, other, cosine, 0.25 + i))];
  // The sparse vectors are spread out over 60 coordinates.
  const spread = rows.map((row) => row.flatMap((value) => [0, 0, value, 0, 0]));
  const draws = SEEDS.map((seed) =>
    codesOf(team, simHash({ bits, tables: TABLES }), form === 'dense' ? rows : spread, { seed, form }),
  );
  return rows.map((_, i) => draws.flatMap((codes) => codes[i] ?? []));
}

/** How many standard deviations so many hits are from what probability `p` would give. */
function sigmas(hits: number, draws: number, p: number): number {
  return Math.abs(hits - draws * p) / Math.sqrt(draws * p * (1 - p));
}

describe.each(['dense', 'sparse'] as const)('the collision law, %s', (form) => {
  test.each([1, 4])('two vectors share a code of %i bits with probability (1 - theta / pi)^bits', (bits) => {
    const [x = [], ...others] = drawPairs(bits, form);
    expect(x.length).toBe(SEEDS.length * TABLES);
    for (const [i, cosine] of COSINES.entries()) {
      const hits = x.filter((code, draw) => code === others[i]?.[draw]).length;
      const p = (1 - Math.acos(cosine) / Math.PI) ** bits;
      expect(sigmas(hits, x.length, p)).toBeLessThan(4);
      expect(collisionProbability(simHash({ bits, tables: 1 }), cosine)).toBeCloseTo(p, 12);
    }
  });

  test('tables are independent: one of 8 is shared with the inclusion probability', () => {
    const [x = [], ...others] = drawPairs(4, form);
    for (const [i, cosine] of COSINES.entries()) {
      const p = inclusionProbability(collisionProbability(simHash({ bits: 4, tables: 8 }), cosine), 8);
      let hits = 0;
      for (let first = 0; first < x.length; first += 8) {
        if (x.slice(first, first + 8).some((code, t) => code === others[i]?.[first + t])) hits++;
      }
      expect(sigmas(hits, x.length / 8, p)).toBeLessThan(4);
    }
  });
});

describe('codes', () => {
  test('equal vectors always collide, wherever they stand in a batch', () => {
    // Batches are hashed in blocks, and a block's last rows and columns by other code than its middle.
    const distinct = normals(5, 37, 3);
    const rows = Array.from({ length: 601 }, (_, i) => distinct[i % 5] as number[]);
    for (const form of ['dense', 'sparse'] as const) {
      const codes = codesOf(team, simHash({ bits: 11, tables: 7 }), rows, { form });
      for (const [i, code] of codes.entries()) expect(code).toEqual(codes[i % 5]);
      expect(new Set(codes.map(String)).size).toBe(5);
    }
  });

  test('the scale of a vector does not matter', () => {
    const scales = [2 ** -20, 0.001, 1, 3.7, 1024, 123_456];
    const [x = []] = normals(1, 50, 5);
    const rows = scales.map((scale) => x.map((value) => value * scale));
    const codes = codesOf(team, simHash({ bits: 16, tables: 40 }), rows);
    for (const code of codes) expect(code).toEqual(codes[2]);
  });

  test('the opposite vector has the opposite bits', () => {
    const [x = []] = normals(1, 33, 6);
    const [code = [], opposite = []] = codesOf(team, simHash({ bits: 13, tables: 30 }), [
      x,
      x.map((value) => -value),
    ]);
    for (const [t, value] of code.entries()) expect(opposite[t]).toBe(2 ** 13 - 1 - value);
  });

  test.each([1, 2, 3, 5, 8, 13, 24])('%i bits: codes are in range and use all of their bits', (bits) => {
    const codes = codesOf(team, simHash({ bits, tables: 5 }), normals(400, 9, bits)).flat();
    expect(Math.min(...codes)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...codes)).toBeLessThan(2 ** bits);
    for (let bit = 0; bit < bits; bit++) {
      const ones = codes.filter((code) => (code >>> bit) & 1).length;
      expect(ones).toBeGreaterThan(codes.length / 4);
      expect(ones).toBeLessThan((codes.length * 3) / 4);
    }
  });

  test.each([1, 2, 3])('%i bits: many vectors meet every bucket of every table', (bits) => {
    const codes = codesOf(team, simHash({ bits, tables: 5 }), normals(400, 9, bits));
    const buckets = Array.from({ length: 5 }, (_, t) => new Set(codes.map((row) => row[t])).size);
    expect(buckets).toEqual(Array.from({ length: 5 }, () => 2 ** bits));
  });

  test('the sides of hyperplanes are convex: what two vectors share, their sum has', () => {
    const [a = [], b = []] = normals(2, 21, 8);
    const sum = a.map((value, k) => value + (b[k] ?? 0));
    const [ca = [], cb = [], cs = []] = codesOf(team, simHash({ bits: 12, tables: 50 }), [a, b, sum]);
    for (const [t, code] of cs.entries()) {
      const same = ~((ca[t] ?? 0) ^ (cb[t] ?? 0)) & 0xfff;
      expect((code ^ (ca[t] ?? 0)) & same).toBe(0);
    }
  });

  test('permuting the rows permutes the codes', () => {
    const rows = normals(300, 20, 9);
    const random = randomStream(4, 'permutation');
    const order = rows.map((_, i) => i);
    for (let i = order.length - 1; i > 0; i--) {
      const j = random.integer(i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    const permuted = order.map((i) => rows[i] as number[]);
    for (const form of ['dense', 'sparse'] as const) {
      const codes = codesOf(team, simHash({ bits: 10, tables: 6 }), rows, { form });
      const codesPermuted = codesOf(team, simHash({ bits: 10, tables: 6 }), permuted, { form });
      expect(codesPermuted).toEqual(order.map((i) => codes[i]));
    }
  });

  test('the same seed gives the same codes, another seed others', () => {
    const rows = normals(20, 15, 10);
    const spec = simHash({ bits: 8, tables: 10 });
    const codes = codesOf(team, spec, rows, { seed: 5 });
    expect(codesOf(team, spec, rows, { seed: 5 })).toEqual(codes);
    const agreeing = codesOf(team, spec, rows, { seed: 6 })
      .flat()
      .filter((code, i) => code === codes.flat()[i]).length;
    expect(agreeing).toBeLessThan(20);
  });

  test('1 and 2 threads give the same codes', () => {
    expect(pair.threads).toBe(2);
    const rows = normals(777, 130, 11).map((row, i) => row.map((x, k) => ((i * 7 + k) % 3 ? x : 0)));
    const tails = normals(777, 1, 12);
    for (const form of ['dense', 'sparse'] as const) {
      const spec = simHash({ bits: 9, tables: 11 });
      expect(codesOf(pair, spec, rows, { form, tails })).toEqual(codesOf(team, spec, rows, { form, tails }));
    }
  });

  test('go to the rows of the target from `first` on, and nowhere else', () => {
    const { arena } = team;
    const hasher = bindHasher(simHash({ bits: 4, tables: 3 }), {
      dimensions: 6,
      tailWidth: 0,
      seed: 1,
      team,
    });
    const values = arena.float32(2 * 6);
    values.set(normals(2, 6, 13).flat());
    const codes = arena.uint32(3 * 5).fill(99);
    hasher.hash({ values, stride: 6, width: 6 }, 2, { codes, stride: 5, first: 2 });
    const written = Array.from(codes, (code) => code !== 99);
    const row = [false, false, true, true, false];
    expect(written).toEqual([...row, ...row, ...row]);
    hasher[Symbol.dispose]();
  });

  test('padding between rows is not read', () => {
    const rows = normals(300, 5, 14);
    const spec = simHash({ bits: 9, tables: 4 });
    expect(codesOf(team, spec, rows, { padding: 3 })).toEqual(codesOf(team, spec, rows));
  });
});

describe('dense and sparse forms of a vector have exactly the same codes', () => {
  const value = fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.float({ noNaN: true, min: -1000, max: 1000 }) },
  );
  const row = (length: number): fc.Arbitrary<number[]> =>
    fc.array(value, { minLength: length, maxLength: length });
  const rowsWith = (tailWidth: number): fc.Arbitrary<{ rows: number[][]; tails: number[][] }> =>
    fc
      .tuple(fc.constantFrom(1, 2, 3, 5, 31, 127, 257, 300), fc.integer({ min: 1, max: 9 }))
      .chain(([dimensions, count]) =>
        fc.record({
          rows: fc.array(row(dimensions), { minLength: count, maxLength: count }),
          tails: fc.array(row(tailWidth), { minLength: count, maxLength: count }),
        }),
      );
  const specs = fc
    .record({ bits: fc.integer({ min: 1, max: 24 }), tables: fc.integer({ min: 1, max: 12 }) })
    .map(simHash);

  test.each([0, 1, 3])('with a tail of %i coordinates', (tailWidth) => {
    fc.assert(
      fc.property(specs, rowsWith(tailWidth), fc.integer(), (spec, { rows, tails }, seed) => {
        const options = { seed, tails: tailWidth ? tails : undefined };
        const codes = codesOf(team, spec, rows, { ...options, form: 'dense' });
        expect(codesOf(team, spec, rows, { ...options, form: 'sparse' })).toEqual(codes);
      }),
      { numRuns: 60 },
    );
  });

  test('a tail counts as so many coordinates more', () => {
    const rows = normals(300, 10, 15);
    const spec = simHash({ bits: 12, tables: 9 });
    const whole = codesOf(team, spec, rows);
    const [body, tails] = [rows.map((r) => r.slice(0, 8)), rows.map((r) => r.slice(8))];
    for (const form of ['dense', 'sparse'] as const) {
      expect(codesOf(team, spec, body, { form, tails })).toEqual(whole);
    }
    expect(codesOf(team, spec, body, { tails: tails.map((tail) => tail.map(() => 0)) })).not.toEqual(whole);
  });

  test('empty vectors', () => {
    const zeros = [Array.from({ length: 7 }, () => 0)];
    const spec = simHash({ bits: 6, tables: 4 });
    // Every projection is 0, which counts as the upper side.
    expect(codesOf(team, spec, zeros)).toEqual([[63, 63, 63, 63]]);
    expect(codesOf(team, spec, zeros, { form: 'sparse' })).toEqual([[63, 63, 63, 63]]);
  });

  test('no vectors', () => {
    const { arena } = team;
    const hasher = bindHasher(simHash({ bits: 3, tables: 2 }), {
      dimensions: 4,
      tailWidth: 0,
      seed: 1,
      team,
    });
    const target = { codes: arena.uint32(2).fill(99), stride: 1 };
    hasher.hash({ values: arena.float32(0), stride: 4, width: 4 }, 0, target);
    hasher.hashSparse({ offsets: arena.int32(1), ids: arena.int32(0), values: arena.float32(0) }, 0, target);
    expect(Array.from(target.codes)).toEqual([99, 99]);
    hasher[Symbol.dispose]();
  });
});

test('binding and disposing in a loop does not grow the arena', () => {
  const rows = normals(10, 30, 16);
  const cycle = (): number[][] => codesOf(team, simHash({ bits: 8, tables: 100 }), rows);
  cycle();
  const { usedBytes, bytes } = team.arena;
  for (let i = 0; i < 50; i++) cycle();
  expect(team.arena.usedBytes).toBe(usedBytes);
  expect(team.arena.bytes).toBe(bytes);
});

test('multiply-adds are one for each non-zero, tail included, and hyperplane', () => {
  const hasher = bindHasher(simHash({ bits: 9, tables: 50 }), {
    dimensions: 128,
    tailWidth: 1,
    seed: 1,
    team,
  });
  expect(hasher.operations(100)).toEqual({ multiplyAdds: 101 * 9 * 50 });
  expect(hasher.buckets).toBe(512);
  expect(hasher.tables).toBe(50);
  hasher[Symbol.dispose]();
});

describe('refusals', () => {
  test.each([0, 25, 2.5, Number.NaN, '9'])('bits %s', (bits) => {
    expect(() => simHash({ bits: bits as number, tables: 1 })).toThrow(
      new RangeError(
        `simHash: bits is an integer from 1 to 24; got ${typeof bits === 'string' ? `the string '${bits}'` : bits}.`,
      ),
    );
  });

  test.each([0, -1, 4097, 1.5])('%s tables', (tables) => {
    expect(() => simHash({ bits: 1, tables })).toThrow(
      new RangeError(`simHash: tables is an integer from 1 to 4096; got ${tables}.`),
    );
  });

  test('a spec that was not made by simHash is checked too', () => {
    expect(() => collisionProbability({ kind: 'simHash', tables: 1 }, 0.5)).toThrow(/bits .* got undefined/);
  });

  test.each([1.01, -1.01, Number.NaN])('a cosine of %s', (cosine) => {
    expect(() => collisionProbability(simHash({ bits: 1, tables: 1 }), cosine)).toThrow(
      `A cosine is from -1 to 1; got ${cosine}.`,
    );
  });

  test.each([0, 1.5, Number.NaN])('%s dimensions', (dimensions) => {
    const bind = (): unknown =>
      bindHasher(simHash({ bits: 1, tables: 1 }), { dimensions, tailWidth: 0, seed: 1, team });
    expect(bind).toThrow(`Vectors to hash have 1 or more dimensions; got ${dimensions}.`);
  });
});
