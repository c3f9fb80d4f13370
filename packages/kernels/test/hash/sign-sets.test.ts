import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signSets } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check } from '../check.ts';
import { randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const elements = fc.oneof(
  fc.nat({ max: 2 ** 32 - 1 }),
  fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
);
const cases = fc.record({
  sets: fc.array(fc.array(elements, { maxLength: 21 }), { minLength: 1, maxLength: 7 }),
  blocks: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
});

describe.each(BUILDS)('signatures of sets, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('signSets gives the signatures of the reference, in one piece and in two', () => {
    check(cases, ({ sets, blocks, seed }) => {
      const random = randomOf(seed);
      const half = blocks * 32;
      const seeds = Uint32Array.from({ length: 2 * half }, (_, i) =>
        i < half ? random.integer(2 ** 32) : 2 * random.integer(2 ** 31) + 1,
      );
      const salt = random.integer(2 ** 32);
      const expected = sets.flatMap((set) => [...signSets(set, { seeds, salt })]);
      using memory = new Memory(arena);
      const seedsAt = memory.at(memory.uint32(seeds));
      const signatures = memory.uint32(new Uint32Array(sets.length * half).fill(0xffffffff));
      const run = (pieces: readonly number[][]): void => {
        const words = memory.uint32(Uint32Array.from(pieces.flat()));
        const offsets = new Uint32Array(pieces.length + 1);
        for (const [i, piece] of pieces.entries()) offsets[i + 1] = (offsets[i] as number) + piece.length;
        const at = [memory.at(signatures), memory.at(words), memory.at(memory.uint32(offsets))] as const;
        kernels.signSets(...at, seedsAt, salt, blocks, 0, pieces.length);
      };
      run(sets);
      expect([...signatures]).toEqual(expected);
      signatures.fill(0xffffffff);
      run(sets.map((set) => set.slice(0, 3)));
      run(sets.map((set) => set.slice(2)));
      expect([...signatures]).toEqual(expected);
      memory.check();
    });
  });
});
