import { describe, test } from 'vitest';
import type { Arena } from '../../src/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { expect } from '../check.ts';
import { KERNELS, outputsOf } from '../jobs.ts';
import type { KernelName } from '../jobs.ts';

/** What the job writes when it is done in chunks of `grain` items, the last first, on one piece of scratch. */
function inChunks(arena: Arena, kernel: KernelName, grain: number): Uint8Array {
  return outputsOf(arena, kernel, ({ args, items, scratch = 0 }) => {
    const call = arena.kernels[kernel] as (...values: number[]) => void;
    const scratchAt = arena.address(arena.uint8(scratch).fill(0xff));
    for (let chunk = Math.ceil(items / grain) - 1; chunk >= 0; chunk--) {
      call(...args, chunk * grain, Math.min((chunk + 1) * grain, items), scratchAt);
    }
  });
}

describe.each(BUILDS)('shared out in chunks, $name', (build) => {
  const arena = arenaOf(build);

  test.each(KERNELS)('%s gives the same bits', (kernel) => {
    const whole = inChunks(arena, kernel, 1000);
    // A job that writes nothing would show nothing.
    expect(whole).not.toHaveBitsOf(outputsOf(arena, kernel, () => undefined));
    for (const grain of [1, 2, 7]) expect(inChunks(arena, kernel, grain)).toHaveBitsOf(whole);
  });
});

describe.each([false, true])('relaxed: %s', (relaxed) => {
  const shared = arenaOf({ name: '', shared: true, relaxed });
  const unshared = arenaOf({ name: '', shared: false, relaxed });

  test.each(KERNELS)('%s gives the same bits in shared and in unshared memory', (kernel) => {
    expect(inChunks(shared, kernel, 1000)).toHaveBitsOf(inChunks(unshared, kernel, 1000));
  });
});
