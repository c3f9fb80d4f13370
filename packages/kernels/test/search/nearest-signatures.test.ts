import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/index.ts';
import { nearestSignatures } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check } from '../check.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  words: fc.oneof(fc.constant(8), fc.integer({ min: 1, max: 17 })),
  units: fc.integer({ min: 1, max: 200 }),
  queries: fc.integer({ min: 1, max: 4 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  /** How many different signatures there are at most: with few of them most scores are equal. */
  different: fc.integer({ min: 1, max: 200 }),
  biased: fc.boolean(),
  seed: fc.nat(),
});

describe.each(BUILDS)('nearestSignatures, $name', (build) => {
  const arena = arenaOf(build);

  test('is the choice of the reference', () => {
    check(cases, ({ words, units, queries, share, different, biased, seed }) => {
      const random = randomStream(seed, 'signatures');
      const width = 2 * words;
      const bits = (): Uint32Array => Uint32Array.from({ length: width }, () => random.integer(2 ** 32));
      const pool = Array.from({ length: different }, bits);
      const k = Math.max(1, Math.round(share * units));
      const cosines = Float32Array.from({ length: 64 * words + 1 }, (_, d) =>
        Math.cos((Math.PI * d) / (64 * words)),
      );
      using memory = new Memory(arena);
      const all = memory.uint32(units * width);
      for (let u = 0; u < units; u++) all.set(pool[random.integer(different)]!, u * width);
      const asked = memory.uint32(
        Uint32Array.from(Array.from({ length: queries }, () => [...bits()]).flat()),
      );
      const most = biased ? 500 : 1023;
      const norms = memory.float32(Float32Array.from({ length: units }, () => most * random.uniform()));
      const shifts = Float32Array.from({ length: units }, () => 1000 * (random.uniform() - 0.5));
      const biases = biased ? memory.float32(shifts) : undefined;
      const law = memory.float32(cosines);
      const ids = memory.int32(queries * k);
      const scratch = memory.scratch(arena.kernels.nearestSignaturesScratchBytes(units));
      arena.kernels.nearestSignatures(
        memory.at(ids),
        memory.at(all),
        memory.at(asked),
        memory.at(norms),
        memory.at(law),
        memory.at(biases),
        words,
        units,
        k,
        0,
        queries,
        scratch,
      );
      memory.check();
      for (let s = 0; s < queries; s++) {
        const query = asked.slice(s * width, (s + 1) * width);
        expect([...ids.subarray(s * k, (s + 1) * k)]).toEqual([
          ...nearestSignatures(all, query, norms, cosines, k, biases),
        ]);
      }
    });
  });

  test('the extremes: all bits equal, and none', () => {
    using memory = new Memory(arena);
    const signatures = memory.uint32(Uint32Array.from([0, 0, 2 ** 32 - 1, 2 ** 32 - 1, 0, 0]));
    const query = memory.uint32(2);
    const norms = memory.float32(Float32Array.from([1023, 1023, 1022]));
    const cosines = memory.float32(Float32Array.from({ length: 65 }, (_, d) => Math.cos((Math.PI * d) / 64)));
    const ids = memory.int32(2);
    const scratch = memory.scratch(arena.kernels.nearestSignaturesScratchBytes(3));
    const { nearestSignatures: kernel } = arena.kernels;
    const at = [signatures, query, norms, cosines].map((array) => memory.at(array));
    kernel(memory.at(ids), at[0]!, at[1]!, at[2]!, at[3]!, 0, 1, 3, 2, 0, 1, scratch);
    memory.check();
    expect([...ids]).toEqual([0, 2]);
  });
});
