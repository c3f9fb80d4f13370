import { Arena, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { bindHasher, crossPolytope, type FamilySpec, pStable, simHash } from '../../src/index.ts';
import { FAMILIES } from '../families.ts';
import { atCosine, codesOf, dense, normals, sparse } from '../vectors.ts';

const team = Team.single(new Arena());
const pair = await Team.create(new Arena(), { threads: 2 });
afterAll(() => pair[Symbol.dispose]());

/** With the cosine at which a vector is near. */
const PROBING: readonly (readonly [string, FamilySpec, number])[] = [
  ['simHash', simHash({ bits: 9, tables: 7 }), 0.85],
  ['simHash, sparse', simHash({ bits: 9, tables: 7, projection: 'sparse' }), 0.85],
  ['simHash, hadamard', simHash({ bits: 9, tables: 30, projection: 'hadamard' }), 0.85],
  ['crossPolytope', crossPolytope({ bits: 9, tables: 7 }), 0.85],
  ['crossPolytope, four', crossPolytope({ bits: 14, tables: 30, size: 8 }), 0.85],
  ['pStable', pStable({ hashes: 5, tables: 7, width: 3 }), 0.96],
  ['pStable, two cells', pStable({ hashes: 9, tables: 5, width: 3, cells: 2 }), 0.96],
];

interface Options {
  readonly seed?: number;
  readonly form?: 'dense' | 'sparse';
  readonly tails?: readonly number[][] | undefined;
  readonly on?: Team;
}

/** The probes of the rows: probesOf(...)[i][t] are those of vector i in table t. */
function probesOf(
  spec: FamilySpec,
  rows: readonly number[][],
  probes: number,
  options: Options = {},
): number[][][] {
  const { seed = 1, form = 'dense', tails, on = team } = options;
  const { arena } = on;
  const tailWidth = tails?.[0]?.length ?? 0;
  const hasher = bindHasher(spec, { dimensions: rows[0]?.length ?? 1, tailWidth, seed, team: on });
  const stride = rows.length + 3;
  const codes = arena.uint32(hasher.tables * probes * stride).fill(2 ** 31);
  const tail = arena.float32(rows.length * tailWidth);
  tail.set((tails ?? []).flat());
  const target = { codes, stride, first: 2 };
  if (form === 'dense') {
    const vectors = dense(arena, rows, 3);
    hasher.probe?.({ ...vectors, tail, tailWidth }, rows.length, probes, target);
    arena.free(vectors.values);
  } else {
    const vectors = sparse(arena, rows);
    hasher.probeSparse?.({ ...vectors, tail, tailWidth }, rows.length, probes, target);
    for (const view of [vectors.offsets, vectors.ids, vectors.values]) arena.free(view);
  }
  const lists = rows.map((_, i) =>
    Array.from({ length: hasher.tables }, (__, t) =>
      Array.from({ length: probes }, (___, p) => codes[(t * probes + p) * stride + 2 + i] as number),
    ),
  );
  const untouched = codes.filter((code) => code === 2 ** 31).length;
  expect(untouched).toBe(hasher.tables * probes * 3);
  for (const view of [codes, tail]) arena.free(view);
  hasher[Symbol.dispose]();
  return lists;
}

describe.each(PROBING)('%s', (_, spec, nearness) => {
  const rows = normals(30, 50, 1).map((row, i) => row.map((x) => (i === 29 ? 0 : x)));
  const tails = normals(30, 2, 2);

  test('the first probe is the code, and all of a table are different codes of it', () => {
    const codes = codesOf(team, spec, rows);
    const probes = probesOf(spec, rows, 12);
    expect(probes.map((tables) => tables.map(([first]) => first))).toEqual(codes);
    const { buckets } = bindHasher(spec, { dimensions: 50, tailWidth: 0, seed: 1, team });
    for (const list of probes.flat()) {
      expect(new Set(list).size).toBe(12);
      expect(Math.max(...list)).toBeLessThan(buckets);
    }
    // Fewer probes are the first of more.
    expect(probesOf(spec, rows, 5)).toEqual(probes.map((tables) => tables.map((list) => list.slice(0, 5))));
  });

  test('dense and sparse forms have the same, with tails or without, on one thread or two', () => {
    const zeros = rows.map((row, i) => row.map((x, k) => ((i + k) % 3 ? 0 : x)));
    for (const given of [undefined, tails]) {
      const probes = probesOf(spec, zeros, 4, { tails: given });
      expect(probesOf(spec, zeros, 4, { tails: given, form: 'sparse' })).toEqual(probes);
      expect(probesOf(spec, zeros, 4, { tails: given, on: pair })).toEqual(probes);
      expect(probesOf(spec, zeros, 4, { tails: given, on: pair, form: 'sparse' })).toEqual(probes);
    }
  });

  test('a vector has the same probes wherever it stands in a batch', () => {
    const many = Array.from({ length: 600 }, (__, i) => rows[i % 7] as number[]);
    const probes = probesOf(spec, many, 3);
    const alone = rows.slice(0, 7).map((row) => probesOf(spec, [row], 3)[0]);
    expect(probes).toEqual(many.map((__, i) => alone[i % 7]));
  });

  test('a near vector has the first probes most often, and all of them much oftener than the first', () => {
    const near = rows.slice(0, 28).map((row, i) => atCosine(row, rows[i + 1] as number[], nearness, 1));
    const most = 8;
    const hits = Array.from({ length: most }, () => 0);
    let draws = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const probes = probesOf(spec, rows.slice(0, 28), most, { seed });
      for (const [i, code] of codesOf(team, spec, near, { seed }).entries()) {
        for (const [t, list] of (probes[i] ?? []).entries()) {
          draws++;
          const p = list.indexOf(code[t] as number);
          if (p >= 0) hits[p] = (hits[p] ?? 0) + 1;
        }
      }
    }
    for (let p = 1; p < most; p++) {
      // 4 standard deviations of the difference of two counts.
      expect((hits[p] ?? 0) - (hits[p - 1] ?? 0)).toBeLessThan(
        4 * Math.sqrt((hits[p] ?? 0) + (hits[p - 1] ?? 0)),
      );
    }
    expect(hits[1]).toBeGreaterThan(1.3 * (hits[most - 1] ?? 0));
    const all = hits.reduce((sum, count) => sum + count, 0);
    expect(all).toBeGreaterThan(1.6 * (hits[0] ?? 0));
    expect(all).toBeLessThan(draws);
  });

  test('as many as there are, and no more', () => {
    using hasher = bindHasher(spec, { dimensions: 50, tailWidth: 0, seed: 1, team });
    const { mostProbes = 0 } = hasher;
    const lists = probesOf(spec, rows.slice(0, 2), mostProbes).flat();
    for (const list of lists) expect(new Set(list).size).toBe(mostProbes);
    const target = { codes: team.arena.uint32(1), stride: 1 };
    for (const probes of [0, 1.5, mostProbes + 1]) {
      expect(() => hasher.probe?.(dense(team.arena, rows), 1, probes, target)).toThrow(
        `Probes of a table are an integer from 1 to ${mostProbes} here; got ${probes}.`,
      );
    }
  });

  test('probing in a loop does not grow the arena', () => {
    probesOf(spec, rows, 3, { tails });
    const { usedBytes } = team.arena;
    for (let i = 0; i < 5; i++) probesOf(spec, rows, 3, { tails });
    expect(team.arena.usedBytes).toBe(usedBytes);
  });

  test('a target that is too small is refused', () => {
    using hasher = bindHasher(spec, { dimensions: 50, tailWidth: 0, seed: 1, team });
    const codes = team.arena.uint32(spec.tables * 2 * 30 - 1);
    expect(() => hasher.probe?.(dense(team.arena, rows), 30, 2, { codes, stride: 30 })).toThrow(
      `30 vectors need ${spec.tables * 60} elements in \`codes\`; there are ${spec.tables * 60 - 1}.`,
    );
    team.arena.free(codes);
  });
});

test('families without margins have no probes', () => {
  const kinds = FAMILIES.map(([, spec]) => {
    using hasher = bindHasher(spec, { dimensions: 50, tailWidth: 0, seed: 1, team });
    const [dense_, sparse_, most] = [hasher.probe, hasher.probeSparse, hasher.mostProbes].map(Boolean);
    expect([sparse_, most]).toEqual([dense_, dense_]);
    return dense_ ? spec.kind : '';
  });
  expect(new Set(kinds)).toEqual(new Set(['', 'simHash', 'learned', 'itq', 'crossPolytope', 'pStable']));
});
