import { Arena, Team } from '@hashgrad/kernels';
import { expect, test } from 'vitest';
import {
  bindHasher,
  crossPolytope,
  dwta,
  type FamilySpec,
  pStable,
  simHash,
  weightedMinHash,
  wta,
} from '../../src/index.ts';

/** Families whose memory goes with the dimensions; the sets of the others do not care, see hashed-ids. */
const SPECS: readonly (readonly [string, FamilySpec])[] = [
  ['simHash', simHash({ bits: 4, tables: 3 })],
  ['simHash, sparse', simHash({ bits: 4, tables: 3, projection: 'sparse' })],
  ['simHash, hadamard', simHash({ bits: 4, tables: 3, projection: 'hadamard' })],
  ['crossPolytope', crossPolytope({ bits: 9, tables: 3 })],
  ['pStable', pStable({ hashes: 3, tables: 3, width: 1 })],
  ['wta', wta({ hashes: 4, tables: 3 })],
  ['dwta', dwta({ hashes: 4, tables: 3 })],
  ['weightedMinHash', weightedMinHash({ hashes: 2, tables: 3 })],
];

/** The greatest number of dimensions that the refusal of too many names. */
function greatest(spec: FamilySpec, team: Team, dimensions: number, tailWidth: number): number {
  try {
    bindHasher(spec, { dimensions, tailWidth, seed: 1, team });
  } catch (error) {
    const pattern = new RegExp(`^${spec.kind}: .* up to (\\d+) dimensions; got ${dimensions}\\.$`);
    if (error instanceof RangeError) return Number(pattern.exec(error.message)?.[1]);
  }
  return Number.NaN;
}

test.each(SPECS)('%s: with the greatest number of dimensions there is room to hash', (_, spec) => {
  for (const [capacity, tailWidth] of [
    [2 ** 23, 0],
    [5_000_000, 2],
  ] as const) {
    const team = Team.single(new Arena({ shared: false, capacity }));
    const { arena } = team;
    const most = greatest(spec, team, 2 ** 22, tailWidth);
    expect(most).toBeGreaterThan(1000);
    const before = arena.usedBytes;
    expect(greatest(spec, team, most + 1, tailWidth)).toBe(most);
    expect(arena.usedBytes).toBe(before);
    using hasher = bindHasher(spec, { dimensions: most, tailWidth, seed: 1, team });
    const values = arena.float32(most).fill(1);
    const tail = tailWidth > 0 ? arena.float32(tailWidth) : undefined;
    const codes = arena.uint32(spec.tables);
    hasher.hash({ values, stride: most, width: most, tail, tailWidth }, 1, { codes, stride: 1 });
    expect(codes.every((code) => code < hasher.buckets)).toBe(true);
  }
});

test.each(SPECS)('%s: memory that grows has limits too', (_, spec) => {
  const team = Team.single(new Arena());
  for (const dimensions of [2 ** 28, 2 ** 30, 2 ** 31, 2 ** 32 - 1]) {
    expect(greatest(spec, team, dimensions, 0)).toBeLessThan(2 ** 28);
  }
});
