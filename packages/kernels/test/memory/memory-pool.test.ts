import { describe, test } from 'vitest';
import { Arena, Team } from '../../src/index.ts';
import type { ArenaOptions } from '../../src/index.ts';
import { BUILDS } from '../builds.ts';
import { expect } from '../check.ts';
import { runChild } from '../child.ts';
import { KERNELS, outputsOf } from '../jobs.ts';

const MEBIBYTE = 2 ** 20;

/** More than there are idle memories: those of the tests, and what each search leaves. */
let tries = 10;

/** An arena in the memory, if it is idle: smaller ones are taken first. */
function arenaIn(memory: Arena['memory'], options: ArenaOptions): Arena | undefined {
  const others: Arena[] = [];
  try {
    tries += 10;
    while (others.length < tries) {
      const arena = new Arena(options);
      if (arena.memory === memory) return arena;
      others.push(arena);
    }
    return undefined;
  } finally {
    for (const other of others) other.close();
  }
}

/** Whether another arena may have the memory, which is shared. */
function isIdle(memory: Arena['memory']): boolean {
  using arena = arenaIn(memory, { shared: true });
  return arena !== undefined;
}

/** What a process has at most, in MB, that makes and closes 30 arenas of 100 MB. */
function peakOf(shared: boolean, atOnce: number): number {
  return Number(
    runChild(`
      const open = [];
      for (let i = 0; i < 30; i++) {
        const arena = new kernels.Arena({ shared: ${shared} });
        arena.uint8(100e6).fill(1);
        open.push(arena);
        if (open.length === ${atOnce}) for (const used of open.splice(0)) used.close();
      }
      console.log(process.resourceUsage().maxRSS / 1000);
    `),
  );
}

describe('the memory of closed arenas is used again', () => {
  test.each([
    [true, 1, 300],
    [true, 3, 500],
    [false, 1, 300],
  ])(
    '30 arenas of 100 MB, shared: %s, %d at once: the process has less than %d MB',
    (shared, atOnce, most) => {
      expect(peakOf(shared, atOnce)).toBeLessThan(most);
    },
  );

  test('a collection takes what is not used again', () => {
    const program = `
      const arenas = Array.from({ length: 4 }, () => new kernels.Arena({ shared: true }));
      for (const arena of arenas) arena.uint8(100e6).fill(1);
      for (const arena of arenas.splice(0)) arena.close();
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
      console.log(process.memoryUsage.rss() / 1e6);
    `;
    expect(Number(runChild(program, ['--expose-gc']))).toBeLessThan(200);
  });
});

describe.each(BUILDS)('memory that is used again, $name', ({ shared, relaxed }) => {
  const options = { shared, relaxed, capacity: 32 * MEBIBYTE };

  /** The next arena, in memory that an arena before left full of ones, as far as it had it. */
  function inUsedMemory(): Arena {
    const before = new Arena(options);
    const { memory } = before;
    const all = before.uint8(20 * MEBIBYTE);
    // The program's constants, too, which lie before it.
    new Uint8Array(memory.buffer, 0, all.byteOffset + all.byteLength).fill(0xff);
    before.close();
    const arena = arenaIn(memory, options);
    expect(arena).toBeDefined();
    return arena!;
  }

  test('every kernel gives the bits that it gives in new memory', () => {
    const fresh = new Arena(options);
    const used = inUsedMemory();
    expect(fresh.memory).not.toBe(used.memory);
    for (const kernel of KERNELS) {
      const [expected, actual] = [fresh, used].map((arena) =>
        outputsOf(arena, kernel, ({ args, items, scratch = 0 }) =>
          Team.single(arena).run(kernel, args, items, { scratch }),
        ),
      );
      expect(actual!, kernel).toHaveBitsOf(expected!);
    }
  });

  test('arrays are zeroed', () => {
    using arena = inUsedMemory();
    for (const length of [1, 1000, 5 * MEBIBYTE]) {
      expect(arena.uint8(length).every((byte) => byte === 0)).toBe(true);
    }
  });

  test('arrays of before are refused by kernels and by free, and are empty where the platform can empty them', () => {
    const before = new Arena(options);
    const stale = before.float32(16).fill(1);
    const { memory } = before;
    before.close();
    using arena = arenaIn(memory, options)!;
    const own = arena.float32(16).fill(2);
    expect(arena.owns(stale)).toBe(false);
    expect(() => arena.address(stale)).toThrow('This array is not in the arena');
    expect(() => arena.free(stale)).toThrow('This array is not in the arena');
    expect(own).toEqual(new Float32Array(16).fill(2));
    expect(stale).toHaveLength(shared ? 16 : 0);
  });
});

test('an unshared arena in a larger memory holds its own capacity', () => {
  const large = new Arena({ shared: false, capacity: 32 * MEBIBYTE });
  const { memory } = large;
  large.close();
  using small = arenaIn(memory, { shared: false, capacity: 2 * MEBIBYTE })!;
  expect(small.bytes).toBeLessThan(3 * MEBIBYTE);
  expect(() => small.uint8(4 * MEBIBYTE)).toThrow(/a larger `capacity` gives more/);
  expect(small.uint8(MEBIBYTE)).toHaveLength(MEBIBYTE);
});

test('the smallest that is large enough is taken, and none that is smaller', () => {
  const arenas = [4, 1, 2].map((size) => new Arena({ shared: false, capacity: size * 100 * MEBIBYTE }));
  const memories = arenas.map(({ memory }) => memory);
  for (const arena of arenas) arena.close();
  using middle = new Arena({ shared: false, capacity: 150 * MEBIBYTE });
  using large = new Arena({ shared: false, capacity: 150 * MEBIBYTE });
  using fresh = new Arena({ shared: false, capacity: 150 * MEBIBYTE });
  expect([middle.memory, large.memory].map((memory) => memories.indexOf(memory))).toEqual([2, 0]);
  expect(memories).not.toContain(fresh.memory);
});

function refuse(): never {
  throw new Error('not today');
}

describe('memory that threads work in', () => {
  test('is used again when its arena and all of its teams are closed, in any order', async () => {
    for (const order of ['team first', 'arena first']) {
      const arena = new Arena({ shared: true });
      const { memory } = arena;
      const team = await Team.create(arena, { threads: 2 });
      const [first, second] = order === 'team first' ? [team, arena] : [arena, team];
      first.close();
      expect(isIdle(memory), order).toBe(false);
      second.close();
      expect(isIdle(memory), order).toBe(true);
    }
  });

  test('is not used again where a thread did not start: it may come late', async () => {
    const arena = new Arena({ shared: true });
    await expect(Team.create(arena, { threads: 2, createWorker: refuse })).rejects.toThrow('not today');
    const { memory } = arena;
    arena.close();
    expect(isIdle(memory)).toBe(false);
  });

  test('a job in the background is over before the memory goes to the next', async () => {
    const arena = new Arena({ shared: true });
    const values = arena.float32(4_000_000).fill(-1);
    const team = await Team.create(arena, { threads: 2 });
    // Some 100 ms of work, so that it cannot have ended before the team is closed.
    const at = arena.address(values);
    const job = team.runAsync('sumPartials', [at, at, 0, 200], values.length, { grain: 1_000_000 });
    await Promise.resolve();
    team.close();
    const { memory } = arena;
    arena.close();
    using next = arenaIn(memory, { shared: true })!;
    const own = next.float32(4_000_000).fill(-2);
    await expect(job).rejects.toThrow('This team is closed.');
    expect(own.every((value) => value === -2)).toBe(true);
  });
});
