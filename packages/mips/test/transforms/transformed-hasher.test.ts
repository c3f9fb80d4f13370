import { Arena, Team } from '@hashgrad/kernels';
import { bindHasher, familyOf, type FamilySpec, minHash, pStable, simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  identity,
  indexTransformOf,
  l2Alsh,
  qnf,
  signAlsh,
  simpleLsh,
  type Transform,
  TransformedHasher,
  type TransformSpec,
} from '../../src/index.ts';
import { transformData, transformQuery } from '../transforms.ts';
import { dot, manyLengths } from '../vectors.ts';

const dimensions = 10;
/** Rows are padded to a multiple of 4. */
const stride = 12;
const seed = 7;
const count = 40;
const tables = 24;
const signs = simHash({ bits: 3, tables });
const cells = pStable({ hashes: 2, tables, width: 1 });

const WAYS: readonly [string, TransformSpec, FamilySpec][] = [
  ['identity', identity(), signs],
  ['simpleLsh', simpleLsh(), signs],
  ['signAlsh', signAlsh(), signs],
  ['l2Alsh, which scales', l2Alsh(), cells],
  ['qnf, which scales queries by the bound', qnf(), cells],
  ['qnf, whose scale of queries no angle shows', qnf(), signs],
];

function made(
  spec: TransformSpec,
  family: FamilySpec,
  { bias = false, room = count } = {},
): { hasher: TransformedHasher; arena: Arena; transform: Transform } {
  const arena = new Arena();
  const transform = indexTransformOf(spec, familyOf(family));
  const team = Team.single(arena);
  const hasher = new TransformedHasher({ family, transform, dimensions, bias, room, seed, team });
  return { hasher, arena, transform };
}

function laid(
  arena: Arena,
  rows: readonly number[][],
): { values: Float32Array; stride: number; width: number } {
  const values = arena.float32(rows.length * stride);
  for (const [i, row] of rows.entries()) values.set(row, i * stride);
  return { values, stride, width: dimensions };
}

/** The codes of vectors that are written out with all that is appended to them. */
function codesOf(family: FamilySpec, vectors: readonly number[][]): Uint32Array {
  const team = Team.single(new Arena());
  const width = vectors[0]!.length;
  using hasher = bindHasher(family, { dimensions: width, tailWidth: 0, seed, team });
  const wide = Math.ceil(width / 4) * 4;
  const values = team.arena.float32(vectors.length * wide);
  for (const [i, vector] of vectors.entries()) values.set(vector, i * wide);
  const codes = team.arena.uint32(vectors.length * hasher.tables);
  hasher.hash({ values, stride: wide, width }, vectors.length, { codes, stride: vectors.length });
  return codes.slice();
}

function squaredNorms(rows: readonly number[][]): Float32Array {
  return Float32Array.from(rows, (x) => dot(x, x));
}

describe.each(WAYS)('the codes of %s', (_, spec, family) => {
  describe.each([false, true])('with a bias: %s', (bias) => {
    const rows = manyLengths(count, dimensions, 1);
    const biases = rows.map((_row, i) => (bias ? Math.sin(i) : 0));
    const written = rows.map((x, i) => (bias ? [...x, biases[i] as number] : x));
    const bound = 1.1 * Math.max(...squaredNorms(written));

    test('are those of P written out', () => {
      const { hasher, arena, transform } = made(spec, family, { bias });
      const codes = arena.uint32(count * tables);
      const terms = { squaredNorms: squaredNorms(written), bound, ...(bias && { bias: biases }) };
      hasher.hashRows(laid(arena, rows), count, terms, { codes, stride: count });
      expect(codes).toEqual(codesOf(family, transformData(transform, written, bound)));
    });

    test('are those of Q written out, the bias being 1 unless it is said', () => {
      const { hasher, arena, transform } = made(spec, family, { bias });
      const codes = arena.uint32(count * tables);
      const asked = (own?: readonly number[]): number[][] =>
        rows.map((q, i) => (bias ? [...q, own?.[i] ?? 1] : q));
      for (const own of bias ? [undefined, biases] : [undefined]) {
        const queries = asked(own);
        const terms = { squaredNorms: squaredNorms(queries), bound, ...(own && { bias: own }) };
        hasher.hashQueries(laid(arena, rows), count, { codes, stride: count }, terms);
        const out = queries.map((q) => transformQuery(transform, q, bound));
        expect(codes).toEqual(codesOf(family, out));
      }
    });
  });
});

describe('a transformed hasher', () => {
  const rows = manyLengths(count, dimensions, 2);
  const terms = { squaredNorms: squaredNorms(rows), bound: Math.max(...squaredNorms(rows)) };

  test('hashes listed rows, each into its own column, and no others', () => {
    const { hasher, arena } = made(simpleLsh(), signs);
    const [all, some] = [arena.uint32(count * tables), arena.uint32(count * tables).fill(99)];
    hasher.hashRows(laid(arena, rows), count, terms, { codes: all, stride: count });
    const list = arena.int32(3);
    list.set([5, 0, 31]);
    hasher.hashRows(laid(arena, rows), count, terms, { codes: some, stride: count }, list);
    for (const [i, code] of some.entries()) expect(code).toBe(list.includes(i % count) ? all[i] : 99);
  });

  test('gives sparse queries the codes, and the probes, of their dense form', () => {
    const { hasher, arena } = made(simpleLsh(), signs, { bias: true });
    const offsets = arena.int32(count + 1);
    const ids = arena.int32(count * dimensions);
    const values = arena.float32(count * dimensions);
    offsets.set(
      rows.map((_row, i) => (i + 1) * dimensions),
      1,
    );
    for (const [i, row] of rows.entries()) {
      values.set(row, i * dimensions);
      for (let j = 0; j < dimensions; j++) ids[i * dimensions + j] = j;
    }
    for (const probes of [1, 4]) {
      const [dense, sparse] = [0, 1].map(() => arena.uint32(count * tables * probes)) as [
        Uint32Array,
        Uint32Array,
      ];
      hasher.hashQueries(laid(arena, rows), count, { codes: dense, stride: count }, { probes });
      hasher.hashQueries({ offsets, ids, values }, count, { codes: sparse, stride: count }, { probes });
      expect(sparse).toEqual(dense);
      // Those of the first vector in the first table.
      const own = Array.from({ length: probes }, (_, p) => dense[p * count]);
      expect(new Set(own).size).toBe(probes);
    }
  });

  test('has the hash functions of a seed, whether it was made with it or drew them anew', () => {
    const { hasher, arena } = made(simpleLsh(), signs);
    const hashed = (): Uint32Array => {
      const codes = arena.uint32(count * tables);
      hasher.hashRows(laid(arena, rows), count, terms, { codes, stride: count });
      return codes.slice();
    };
    const first = hashed();
    hasher.redraw(seed + 1);
    expect(hashed()).not.toEqual(first);
    hasher.redraw(seed);
    expect(hashed()).toEqual(first);
    expect(() => hasher.redraw(0.5)).toThrow('0.5');
    expect(hashed()).toEqual(first);
  });

  test('refuses what it has no room, no coordinate or no codes for', () => {
    const { hasher, arena } = made(simpleLsh(), signs, { room: 3 });
    const target = { codes: arena.uint32(count * tables), stride: count };
    expect(() => hasher.hashRows(laid(arena, rows), 4, terms, target)).toThrow('room for 3 vectors; got 4');
    const biased = { ...terms, bias: [1, 2] };
    expect(() => hasher.hashRows(laid(arena, rows), 2, biased, target)).toThrow('without a bias');
    const sets = made(identity(), minHash({ tables, hashes: 1 }));
    expect(sets.hasher.mostProbes).toBe(1);
    const queries = laid(sets.arena, rows);
    const codes = { codes: sets.arena.uint32(2 * count * tables), stride: count };
    expect(() => sets.hasher.hashQueries(queries, 1, codes, { probes: 2 })).toThrow('probes is 1; got 2');
    const scaling = made(l2Alsh(), cells);
    const lengthless = laid(scaling.arena, rows);
    const to = { codes: scaling.arena.uint32(count * tables), stride: count };
    expect(() => scaling.hasher.hashQueries(lengthless, 1, to)).toThrow('l2Alsh scales queries');
  });

  test('gives its memory back, and refuses every use once it is closed', () => {
    const arena = new Arena();
    const team = Team.single(arena);
    const transform = indexTransformOf(simpleLsh(), familyOf(signs));
    const before = arena.usedBytes;
    const hasher = new TransformedHasher({ family: signs, transform, dimensions, room: count, seed, team });
    expect(arena.usedBytes).toBeGreaterThan(before);
    hasher.close();
    expect(arena.usedBytes).toBe(before);
    const target = { codes: arena.uint32(count * tables), stride: count };
    const vectors = laid(arena, rows);
    expect(() => hasher.hashRows(vectors, 1, terms, target)).toThrow('closed');
    expect(() => hasher.hashQueries(vectors, 1, target)).toThrow('closed');
    expect(() => hasher.operations(1)).toThrow('closed');
    expect(() => hasher.redraw(1)).toThrow('closed');
  });
});
