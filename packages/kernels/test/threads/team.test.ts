import { Worker } from 'node:worker_threads';
import { afterEach, describe, test, vi } from 'vitest';
import { Arena, Team } from '../../src/index.ts';
import { expect } from '../check.ts';
import { KERNELS, outputsOf } from '../jobs.ts';

describe.each([1, 2, 3, 4])('a team of %d', (threads) => {
  test('gives the bits of one thread with every kernel', async () => {
    const arena = new Arena({ shared: true });
    using team = await Team.create(arena, { threads });
    using single = Team.single(arena);
    expect(team.threads).toBe(threads);
    expect(team.reason).toBeUndefined();
    for (const kernel of KERNELS) {
      const expected = outputsOf(arena, kernel, ({ args, items, scratch = 0 }) =>
        single.run(kernel, args, items, { scratch }),
      );
      for (const grain of [undefined, 1, 5]) {
        const actual = outputsOf(arena, kernel, ({ args, items, scratch = 0 }) =>
          team.run(kernel, args, items, { scratch, ...(grain && { grain }) }),
        );
        expect(actual, `${kernel}, grain ${grain ?? 'by default'}`).toHaveBitsOf(expected);
      }
    }
  });
});

function errorOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    return String(error);
  }
  return 'nothing was thrown';
}

describe('a job', () => {
  test('is whole when run returns, job after job, also when threads fell asleep in between', async () => {
    const arena = new Arena({ shared: true });
    using team = await Team.create(arena, { threads: 3 });
    const values = arena.float32(64);
    for (let job = 0; job < 500; job++) {
      values.fill(-1);
      team.run('relu', [arena.address(values)], values.length, { grain: 1 });
      expect(values.indexOf(-1)).toBe(-1);
      if (job % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  test('waits for chunks that other threads are still at', async () => {
    const arena = new Arena({ shared: true });
    // A worker that dawdles for 20 ms between claiming a chunk and computing it.
    const dawdle = 'for (const end = Date.now() + 20; Date.now() < end; ); job(...parameters';
    const createWorker = (source: string): Worker =>
      new Worker(source.replace('job(...parameters', dawdle), { eval: true });
    using team = await Team.create(arena, { threads: 2, createWorker });
    // Two chunks take this thread a millisecond each: time for the other one to claim one, if not on the first attempt.
    const values = arena.float32(1_000_000);
    let longest = 0;
    for (let attempt = 0; attempt < 300 && longest < 15; attempt++) {
      values.fill(-1);
      const started = performance.now();
      team.run('relu', [arena.address(values)], values.length, { grain: values.length / 2 });
      longest = Math.max(longest, performance.now() - started);
      expect(values.lastIndexOf(-1)).toBe(-1);
    }
    expect(longest).toBeGreaterThanOrEqual(15);
  });

  test('of no items does nothing', () => {
    using team = Team.single(new Arena({ shared: false, capacity: 65536 }));
    team.run('relu', [2 ** 31], 0);
    expect(() => team.run('relu', [2 ** 31], 1)).toThrow(WebAssembly.RuntimeError);
  });

  test.each([-1, 1.5, NaN, Infinity])('of %d items is refused', (items) => {
    using team = Team.single(new Arena());
    expect(() => team.run('relu', [0], items)).toThrow(`A job has 0 or more items; got ${items}.`);
  });

  test.each([0, -1, 0.5, NaN])('in chunks of %d is refused', (grain) => {
    using team = Team.single(new Arena());
    expect(() => team.run('relu', [0], 9, { grain })).toThrow(`A chunk has 1 or more items; got ${grain}.`);
  });

  test('that fails on another thread is reported, and the team goes on', async () => {
    const arena = new Arena({ shared: true });
    using team = await Team.create(arena, { threads: 2 });
    // The first of two chunks ends where the memory does and takes a while; the second traps at once. Whichever thread
    // gets the first, the other one fails: on some attempt the worker, most often on the first.
    const grain = 100_000;
    const at = arena.bytes - 4 * grain;
    const errors: string[] = [];
    while (errors.length < 1000 && !errors.at(-1)?.includes('another thread')) {
      errors.push(errorOf(() => team.run('relu', [at], 2 * grain, { grain })));
    }
    expect(errors.pop()).toBe(
      'Error: The kernel relu failed on another thread: RuntimeError: memory access out of bounds',
    );
    expect(errors.every((error) => error === 'RuntimeError: memory access out of bounds')).toBe(true);
    const values = arena.float32(64).fill(-1);
    team.run('relu', [arena.address(values)], 64, { grain: 1 });
    expect(values).toEqual(new Float32Array(64));
  });

  test('that fails on this thread throws what the kernel threw', async () => {
    using team = await Team.create(new Arena({ shared: true }), { threads: 2 });
    expect(() => team.run('relu', [2 ** 31], 8, { grain: 8 })).toThrow(WebAssembly.RuntimeError);
  });

  test('that has no room for its scratch leaves the team as it was', () => {
    const arena = new Arena({ shared: false, capacity: 200_000 });
    const values = arena.float32(4).fill(-1);
    const before = arena.usedBytes;
    {
      using team = Team.single(arena);
      const relu = (scratch: number): void => team.run('relu', [arena.address(values)], 4, { scratch });
      expect(() => relu(300_000)).toThrow(RangeError);
      relu(100_000);
      expect(values).toEqual(new Float32Array(4));
    }
    expect(arena.usedBytes).toBe(before);
  });
});

/** Worker threads of this process. */
function alive(): number {
  const report = process.report.getReport() as unknown as { readonly workers: readonly unknown[] };
  return report.workers.length;
}

describe('threads', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test.each([0, -1, 1.5, 65, NaN])('%d of them are refused', async (threads) => {
    const message = `A team has from 1 to 64 threads; got ${threads}.`;
    await expect(Team.create(new Arena(), { threads })).rejects.toThrow(message);
  });

  test('stay one where memory is not shared, and the team says why', async () => {
    const createWorker = vi.fn<() => Worker>();
    const arena = new Arena({ shared: false });
    using team = await Team.create(arena, { threads: 4, createWorker });
    expect(team.threads).toBe(1);
    expect(team.reason).toBe('the arena was made with shared: false');
    expect(createWorker).not.toHaveBeenCalled();
    vi.stubGlobal('crossOriginIsolated', false);
    using page = await Team.create(new Arena(), { threads: 4, createWorker });
    expect(page.threads).toBe(1);
    expect(page.reason).toBe('the page is not cross-origin isolated (it needs COOP and COEP headers)');
    using alone = await Team.create(arena);
    expect(alone.reason).toBeUndefined();
  });

  test('end with the team, and create and dispose in a loop takes no memory', async () => {
    const arena = new Arena({ shared: true });
    const ended: Promise<unknown>[] = [];
    const createWorker = (source: string): Worker => {
      const worker = new Worker(source, { eval: true });
      ended.push(new Promise((resolve) => worker.once('exit', resolve)));
      return worker;
    };
    const values = arena.float32(64);
    const [usedBytes, bytes] = [arena.usedBytes, arena.bytes];
    for (let i = 0; i < 8; i++) {
      using team = await Team.create(arena, { threads: 3, createWorker });
      team.run('relu', [arena.address(values)], 64, { grain: 1, scratch: 1000 });
    }
    expect(ended).toHaveLength(16);
    await Promise.all(ended);
    expect([arena.usedBytes, arena.bytes]).toEqual([usedBytes, bytes]);
  });

  test('that the team makes itself end too', async () => {
    const before = alive();
    const arena = new Arena({ shared: true });
    const team = await Team.create(arena, { threads: 4 });
    expect(alive()).toBe(before + 3);
    team[Symbol.dispose]();
    await vi.waitFor(() => expect(alive()).toBe(before), 20_000);
  });

  test('a disposed team runs nothing more, and may be disposed again', async () => {
    const team = await Team.create(new Arena({ shared: true }), { threads: 2 });
    team[Symbol.dispose]();
    team[Symbol.dispose]();
    expect(() => team.run('relu', [0], 1)).toThrow('This team is closed.');
  });

  test.each([-1, 0.5, Number.NaN])('scratch of %d bytes is refused', (scratch) => {
    const team = Team.single(new Arena());
    expect(() => team.run('relu', [0], 1, { scratch })).toThrow(
      `The scratch of relu has 0 or more bytes; got ${scratch}.`,
    );
  });

  test.each([
    ['throws', 'throw new Error("not today")', 'not today'],
    ['ends', 'process.exit(3)', 'A worker thread did not start: it ended with code 3.'],
  ])('a thread that %s at its start is reported, and the others are ended', async (_, program, message) => {
    const arena = new Arena({ shared: true });
    const usedBytes = arena.usedBytes;
    const ended: Promise<unknown>[] = [];
    const createWorker = (source: string): Worker => {
      const worker = new Worker(ended.length === 1 ? program : source, { eval: true });
      ended.push(new Promise((resolve) => worker.once('exit', resolve)));
      return worker;
    };
    await expect(Team.create(arena, { threads: 4, createWorker })).rejects.toThrow(message);
    expect(ended).toHaveLength(3);
    await Promise.all(ended);
    expect(arena.usedBytes).toBe(usedBytes);
  });
});

describe('jobs in the background', () => {
  test.each([1, 2, 3])(
    'on %d threads do all items, one after the other, while this thread is free',
    async (threads) => {
      const arena = new Arena({ shared: true });
      using team = await Team.create(arena, { threads });
      const [first, second] = [arena.float32(200_000).fill(-1), arena.float32(64).fill(-2)];
      const ended: string[] = [];
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      const jobs = [
        team
          .runAsync('relu', [arena.address(first)], first.length, { grain: 1000 })
          .then(() => ended.push('first')),
        team
          .runAsync('relu', [arena.address(second)], 64, { grain: 16, scratch: 500 })
          .then(() => ended.push('second')),
      ];
      // A job that cannot wait is done in between.
      const now = arena.float32(64).fill(-3);
      await Promise.resolve();
      team.run('relu', [arena.address(now)], 64, { grain: 4 });
      expect(now).toEqual(new Float32Array(64));
      await Promise.all(jobs);
      clearInterval(timer);
      expect(ended).toEqual(['first', 'second']);
      expect(first.every((value) => value === 0)).toBe(true);
      expect(second).toEqual(new Float32Array(64));
      expect(turns > 0 || threads > 1).toBe(true);
    },
  );

  test('tell when they have ended, and are not found out by a look four times a second', async () => {
    const arena = new Arena({ shared: true });
    using team = await Team.create(arena, { threads: 2 });
    const values = arena.float32(200_000);
    const ends: Promise<string>[] = [];
    const wait = Atomics.waitAsync.bind(Atomics);
    const spy = vi.spyOn(Atomics, 'waitAsync').mockImplementation((...args: Parameters<typeof wait>) => {
      const result = wait(...args);
      ends.push(Promise.resolve(result.value));
      return result;
    });
    try {
      for (let i = 0; i < 20; i++) {
        await team.runAsync('relu', [arena.address(values)], values.length, { grain: 1000 });
      }
    } finally {
      spy.mockRestore();
    }
    // A machine that is busy may be late now and then.
    expect(await Promise.all(ends)).toContain('ok');
  });

  test('that fail say so, and the team goes on', async () => {
    const arena = new Arena({ shared: true });
    using team = await Team.create(arena, { threads: 2 });
    await expect(team.runAsync('relu', [2 ** 31], 8, { grain: 8 })).rejects.toThrow(
      'failed on another thread',
    );
    const values = arena.float32(8).fill(-1);
    await team.runAsync('relu', [arena.address(values)], 8, { grain: 1 });
    expect(values).toEqual(new Float32Array(8));
  });
});

test('options of a team that there are not are refused by name', async () => {
  using arena = new Arena();
  await expect(Team.create(arena, { thread: 2 } as object)).rejects.toThrow(
    "A team has no option 'thread'; its options are threads, createWorker.",
  );
});
