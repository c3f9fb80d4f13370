import * as fc from 'fast-check';
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { bindHasher, type FamilySpec, sumOperations } from '../../src/index.ts';
import { FAMILIES } from '../families.ts';
import { codesOf } from '../vectors.ts';

const team = Team.single(new Arena());
const pair = await Team.create(new Arena(), { threads: 2 });
afterAll(() => pair[Symbol.dispose]());

describe.each(FAMILIES)('%s', (_, spec, { inputs, scaleFree, zeros }) => {
  /** Vectors of which so many coordinates are 0, the last one everywhere. */
  const withZeros = (count: number, dimensions: number, share: number, seed: number): number[][] =>
    inputs(count, dimensions, seed, share).map((row, i) => (i === count - 1 ? row.map(() => 0) : row));

  test('dense and sparse forms of a vector have exactly the same codes', () => {
    // From almost dense to almost empty: sparse vectors take another way where they are sparser.
    const cases = fc.record({
      dimensions: fc.constantFrom(8, 9, 31, 64, 65, 200),
      count: fc.integer({ min: 1, max: 21 }),
      share: fc.constantFrom(0, 0.5, 0.9, 0.97),
      tailWidth: fc.nat({ max: 3 }),
      seed: fc.nat(),
    });
    const property = fc.property(cases, ({ dimensions, count, share, tailWidth, seed }) => {
      const rows = withZeros(count, dimensions, share, seed);
      const tails = tailWidth > 0 ? withZeros(count, tailWidth, share, seed + 1) : undefined;
      const codes = codesOf(team, spec, rows, { seed, tails });
      expect(codesOf(team, spec, rows, { seed, tails, form: 'sparse' })).toEqual(codes);
    });
    fc.assert(property, { seed: 1, numRuns: 40 });
  });

  test('a tail counts as so many coordinates more', () => {
    const rows = withZeros(50, 40, 0.3, 2);
    const whole = codesOf(team, spec, rows);
    const [body, tails] = [rows.map((row) => row.slice(0, 38)), rows.map((row) => row.slice(38))];
    for (const form of ['dense', 'sparse'] as const) {
      expect(codesOf(team, spec, body, { form, tails })).toEqual(whole);
    }
    const others = tails.map((tail) => tail.map((value) => (value === 0 ? 10 : 0)));
    expect(codesOf(team, spec, body, { tails: others })).not.toEqual(whole);
  });

  test('a vector has the same codes wherever it stands in a batch', () => {
    const distinct = withZeros(6, 70, 0.4, 3);
    const rows = Array.from({ length: 301 }, (__, i) => distinct[i % 6] as number[]);
    const alone = distinct.map((row) => codesOf(team, spec, [row])[0]);
    for (const form of ['dense', 'sparse'] as const) {
      const codes = codesOf(team, spec, rows, { form });
      expect(codes).toEqual(rows.map((__, i) => alone[i % 6]));
    }
    expect(new Set(alone.map(String)).size).toBe(6);
  });

  test('2 threads give the codes of one', () => {
    for (const share of [0.2, 0.97]) {
      const rows = withZeros(333, 90, share, 4);
      const tails = inputs(333, 1, 5);
      for (const form of ['dense', 'sparse'] as const) {
        const codes = codesOf(team, spec, rows, { form, tails });
        expect(codesOf(pair, spec, rows, { form, tails })).toEqual(codes);
      }
    }
  });

  test.runIf(scaleFree)('the scale of a vector does not matter', () => {
    const [x = []] = inputs(1, 50, 6, 0.2);
    const scales = [2 ** -20, 1, 2 ** 10, 2 ** 30];
    const codes = codesOf(
      team,
      spec,
      scales.map((scale) => x.map((value) => value * scale)),
    );
    for (const code of codes) expect(code).toEqual(codes[1]);
  });

  test('codes are buckets, and use the upper half of them too', () => {
    const { buckets, tables } = bound(spec, 64);
    const codes = codesOf(team, spec, inputs(500, 64, 7, zeros));
    for (let t = 0; t < tables; t++) {
      const column = codes.map((code) => code[t] as number);
      expect(Math.min(...column)).toBeGreaterThanOrEqual(0);
      expect(Math.min(...column)).toBeLessThan(buckets / 4);
      expect(Math.max(...column)).toBeLessThan(buckets);
      expect(Math.max(...column)).toBeGreaterThan((buckets * 3) / 4);
    }
  });

  test('equal vectors have equal codes, and permuting the rows permutes the codes', () => {
    const rows = withZeros(150, 33, 0.5, 13);
    const random = randomStream(4, 'permutation');
    const order = Array.from({ length: 400 }, () => random.integer(150));
    for (const form of ['dense', 'sparse'] as const) {
      const codes = codesOf(team, spec, rows, { form });
      const permuted = codesOf(
        team,
        spec,
        order.map((i) => rows[i] as number[]),
        { form },
      );
      expect(permuted).toEqual(order.map((i) => codes[i]));
    }
  });

  test('the spec is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    const rows = inputs(5, 40, 14, 0.3);
    const parsed = JSON.parse(JSON.stringify(spec)) as FamilySpec;
    expect(codesOf(team, parsed, rows)).toEqual(codesOf(team, spec, rows));
  });

  test('the same seed gives the same codes, another seed others', () => {
    const rows = inputs(20, 32, 8);
    const codes = codesOf(team, spec, rows, { seed: 5 });
    expect(codesOf(team, spec, rows, { seed: 5 })).toEqual(codes);
    const others = codesOf(team, spec, rows, { seed: 6 }).flat();
    const agreeing = codes.flat().filter((code, i) => code === others[i]).length;
    expect(agreeing).toBeLessThan(others.length / 8);
  });

  test('a vector of zeros has the codes of every other, dense or sparse', () => {
    const codes = codesOf(team, spec, withZeros(1, 33, 0, 9));
    expect(codesOf(team, spec, withZeros(1, 33, 0, 10), { form: 'sparse', seed: 1 })).toEqual(codes);
    expect(new Set(codes.flat()).size).toBe(spec['buckets'] === undefined ? 1 : spec.tables);
  });

  test('nothing but its codes is written, and nothing between rows is read', () => {
    const rows = inputs(37, 21, 11);
    expect(codesOf(team, spec, rows, { padding: 3 })).toEqual(codesOf(team, spec, rows));
    const { hasher } = bound(spec, 21);
    const values = team.arena.float32(2 * 21);
    values.set(rows.slice(0, 2).flat());
    const codes = team.arena.uint32(spec.tables * 5).fill(2 ** 31);
    hasher.hash({ values, stride: 21, width: 21 }, 2, { codes, stride: 5, first: 2 });
    const written = Array.from(codes, (code) => code !== 2 ** 31);
    expect(written).toEqual(
      Array.from({ length: spec.tables }, () => [false, false, true, true, false]).flat(),
    );
    hasher[Symbol.dispose]();
  });

  test('no vectors', () => {
    const { hasher } = bound(spec, 16);
    const { arena } = team;
    const target = { codes: arena.uint32(spec.tables).fill(99), stride: 1 };
    hasher.hash({ values: arena.float32(0), stride: 16, width: 16 }, 0, target, arena.int32(0));
    hasher.hashSparse({ offsets: arena.int32(1), ids: arena.int32(0), values: arena.float32(0) }, 0, target);
    expect(new Set(target.codes)).toEqual(new Set([99]));
    hasher[Symbol.dispose]();
  });

  test('binding, hashing and disposing in a loop does not grow the arena', () => {
    const rows = inputs(10, 30, 12);
    const cycle = (): number[][] => codesOf(team, spec, rows, { only: [3, 1] });
    cycle();
    const { usedBytes, bytes } = team.arena;
    for (let i = 0; i < 20; i++) cycle();
    expect([team.arena.usedBytes, team.arena.bytes]).toEqual([usedBytes, bytes]);
  });

  test('what is counted grows evenly with the non-zeros', () => {
    const { hasher } = bound(spec, 64);
    const count = (nonZeros: number): number => sumOperations(hasher.operations(nonZeros));
    const step = count(1) - count(0);
    expect(count(0)).toBeGreaterThanOrEqual(0);
    expect(count(64)).toBeCloseTo(count(0) + 64 * step, 6);
    expect(count(64)).toBeGreaterThan(0);
    hasher[Symbol.dispose]();
  });
});

function bound(spec: FamilySpec, dimensions: number) {
  const hasher = bindHasher(spec, { dimensions, tailWidth: 0, seed: 1, team });
  const { buckets, tables } = hasher;
  return { hasher, buckets, tables };
}
