import { describe, expect, test } from 'vitest';
import { BUILDS, arenaOf } from './builds.ts';
import { KERNELS, outputsOf } from './jobs.ts';
import type { Job, KernelName } from './jobs.ts';

describe.each(BUILDS)('shared out in chunks, $name', (build) => {
  const arena = arenaOf(build);

  /** Does the job in chunks of `grain` items, the last first, on one piece of scratch. */
  function inChunks(kernel: KernelName, { args, items, scratch = 0 }: Job, grain: number): void {
    const call = arena.kernels[kernel] as (...values: number[]) => void;
    const scratchAt = arena.address(arena.uint8(scratch).fill(0xff));
    for (let chunk = Math.ceil(items / grain) - 1; chunk >= 0; chunk--) {
      call(...args, chunk * grain, Math.min((chunk + 1) * grain, items), scratchAt);
    }
  }

  test.each(KERNELS)('%s gives the same bits', (kernel) => {
    const whole = outputsOf(arena, kernel, (job) => inChunks(kernel, job, job.items));
    const untouched = outputsOf(arena, kernel, () => undefined);
    expect(whole).not.toEqual(untouched);
    for (const grain of [1, 2, 7]) {
      expect(outputsOf(arena, kernel, (job) => inChunks(kernel, job, grain))).toEqual(whole);
    }
  });
});
