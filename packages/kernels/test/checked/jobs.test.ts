/** No kernel touches anything but the arrays that it is given, and its scratch. */
import { describe, expect, test } from 'vitest';
import { hasRelaxedSimd } from '../../src/index.ts';
import { JOBS, KERNELS, type KernelName } from '../jobs.ts';
import { Setup } from '../setup.ts';
import { CheckedArena } from './arena.ts';

describe.each(hasRelaxedSimd() ? [false, true] : [false])('relaxed: %s', async (relaxed) => {
  const first = await CheckedArena.create(relaxed);
  first[Symbol.dispose]();

  test.each(KERNELS)('%s stays within its arrays', async (kernel: KernelName) => {
    using arena = await CheckedArena.create(relaxed);
    const { args, items, scratch } = JOBS[kernel](new Setup(arena));
    const call = arena.kernels[kernel] as (...values: readonly number[]) => void;
    const scratchAt = arena.address(arena.uint8(scratch ?? 0));
    expect(() => call(...args, 0, items, scratchAt)).not.toThrow();
  });
});

test('an access outside of all arrays, and a write behind the end of one, are seen', async () => {
  using arena = await CheckedArena.create(false);
  const [norms, x] = [arena.float32(3), arena.float32(16)];
  const at = [arena.address(norms), arena.address(x)] as const;
  arena.kernels.squaredNorms(...at, 4, 4, 0, 3);
  expect(() => arena.kernels.squaredNorms(...at, 4, 4, 3, 4)).toThrow(
    'A kernel writes 4 bytes at byte 12 of an array of 12 bytes.',
  );
  expect(() => arena.kernels.squaredNorms(...at, 4, 4, 4, 5)).toThrow(
    'A kernel reads 16 bytes at byte 64 of an array of 64 bytes.',
  );
  arena.free(x);
  expect(() => arena.kernels.squaredNorms(...at, 4, 4, 0, 1)).toThrow('A kernel reads 16 bytes at byte 64');
});
