import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Arena, Team, type WorkerLike } from '../../src/index.ts';
import { runChild } from '../child.ts';

/** A team of three, and its two workers. */
async function teamOf(
  make: (source: string) => Worker = (source) => new Worker(source, { eval: true }),
): Promise<{ arena: Arena; team: Team; workers: Worker[] }> {
  const arena = new Arena({ shared: true });
  const workers: Worker[] = [];
  const createWorker = (source: string): Worker => {
    workers.push(make(source));
    return workers.at(-1)!;
  };
  return { arena, team: await Team.create(arena, { threads: 3, createWorker }), workers };
}

/** A job for all of the team. */
function relu(team: Team): void {
  team.run('relu', [team.arena.address(team.arena.float32(64))], 64, { grain: 1 });
}

/** How many milliseconds `work` takes until it throws the message. */
function timeToThrow(work: () => void, message: RegExp): number {
  const started = performance.now();
  expect(work).toThrow(message);
  return performance.now() - started;
}

/** A worker as browsers have them: nothing but messages and errors tells of it. */
class WebWorker implements WorkerLike {
  readonly worker: Worker;

  constructor(source: string) {
    this.worker = new Worker(source, { eval: true });
  }

  addEventListener(event: string, listener: (value: unknown) => void): void {
    this.worker.on(event, listener);
  }

  postMessage(message: unknown): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's, not a window's
    this.worker.postMessage(message);
  }

  terminate(): void {
    void this.worker.terminate();
  }
}

describe('a thread that has died', () => {
  test('is named at once where an event has told of it, at every call, and the team can be closed', async () => {
    const { arena, team, workers } = await teamOf();
    await workers[1]!.terminate();
    const message = /^This team is broken: thread 3 of 3 ended with code 1\. A job may not be whole/;
    for (let call = 0; call < 2; call++) {
      expect(timeToThrow(() => relu(team), message)).toBeLessThan(200);
      expect(() => team.run('relu', [0], 0)).toThrow(message);
      expect(() => team.runAsync('relu', [0], 8, { grain: 1 })).toThrow(message);
    }
    team.close();
    expect(() => relu(team)).toThrow('This team is closed.');
    arena.close();
  });

  test('ends the call that waits for it while no event can come', async () => {
    const { arena, team, workers } = await teamOf();
    void workers[0]!.terminate();
    expect(timeToThrow(() => relu(team), /thread 2 of 3 has ended/)).toBeLessThan(5000);
    expect(() => relu(team)).toThrow(/This team is broken: thread 2 of 3/);
    team.close();
    arena.close();
  });

  test('ends the call also when it died within a chunk, and the others finish theirs', async () => {
    // The second thread ends itself in its chunk; the third takes its time.
    const programs = [
      'process.exit(7, ...parameters',
      'for (const end = Date.now() + 700; Date.now() < end; ); job(...parameters',
    ];
    const { arena, team } = await teamOf(
      (source) => new Worker(source.replace('job(...parameters', programs.shift()!), { eval: true }),
    );
    const values = arena.float32(3_000_000).fill(-1);
    // This thread may take all of the chunks before the others have woken: not each time.
    const again = (): void => {
      for (let attempt = 0; attempt < 100; attempt++) {
        team.run('relu', [arena.address(values)], values.length, { grain: 1_000_000 });
      }
    };
    expect(timeToThrow(again, /thread 2 of 3 (has ended|ended with code 7)/)).toBeLessThan(20_000);
    team.close();
    arena.close();
  });

  test('ends a job in the background', async () => {
    const { arena, team, workers } = await teamOf();
    const values = arena.float32(64);
    const job = team.runAsync('relu', [arena.address(values)], 64, { grain: 1 });
    void Promise.all(workers.map((worker) => worker.terminate()));
    const broken = team
      .runAsync('relu', [arena.address(values)], 64, { grain: 1 })
      .then(() => team.runAsync('relu', [arena.address(values)], 64, { grain: 1 }));
    await Promise.allSettled([job]);
    await expect(broken).rejects.toThrow(/This team is broken: thread 2 of 3/);
    team.close();
    arena.close();
  });

  test('after an error of its own is reported with it', async () => {
    const { team } = await teamOf(
      (source) =>
        new Worker(source.replace('const job = ', 'throw new TypeError("no job"); const job = '), {
          eval: true,
        }),
    );
    expect(timeToThrow(() => relu(team), /This team is broken: thread 2 of 3/)).toBeLessThan(5000);
    await vi.waitFor(() =>
      expect(() => relu(team)).toThrow(/thread 2 of 3 ended with an error: TypeError: no job/),
    );
    team.close();
  });

  test('where nothing tells, counts as dead when it did not wake for a job within 5 seconds', async () => {
    const workers: WebWorker[] = [];
    const arena = new Arena({ shared: true });
    const createWorker = (source: string): WebWorker => {
      workers.push(new WebWorker(source));
      return workers.at(-1)!;
    };
    using team = await Team.create(arena, { threads: 3, createWorker });
    await workers[1]!.worker.terminate();
    const message = /^This team is broken: thread 3 of 3 did not wake for a job within 5 seconds\./;
    expect(timeToThrow(() => relu(team), message)).toBeLessThan(8000);
    expect(timeToThrow(() => relu(team), message)).toBeLessThan(200);
  });
});

describe('a thread that is slow', () => {
  test.each([
    ['of Node', (source: string): WorkerLike => new Worker(source, { eval: true })],
    ['of the web', (source: string): WorkerLike => new WebWorker(source)],
  ])('within a chunk, %s, is waited for', async (_, make) => {
    // Longer than a thread has for waking.
    const dawdle = 'for (const end = Date.now() + 6500; Date.now() < end; ); job(...parameters';
    const arena = new Arena({ shared: true });
    const createWorker = (source: string): WorkerLike => make(source.replace('job(...parameters', dawdle));
    using team = await Team.create(arena, { threads: 2, createWorker });
    const values = arena.float32(1_000_000).fill(-1);
    const started = performance.now();
    // Nobody but the other thread does jobs in the background, and a call in between has to wait for it.
    const job = team.runAsync('relu', [arena.address(values)], values.length, { grain: values.length });
    await Promise.resolve();
    team.run('relu', [arena.address(values)], 1);
    expect(performance.now() - started).toBeGreaterThan(6000);
    await job;
    expect(values.lastIndexOf(-1)).toBe(-1);
  });
});

describe('a thread that does not start', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  test('and says nothing is given up after 30 seconds, and ended', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const ended = vi.fn<() => void>();
    const silent = { postMessage: () => {}, terminate: ended, addEventListener: () => {} };
    const team = Team.create(new Arena({ shared: true }), { threads: 3, createWorker: () => silent });
    const error = team.catch(String);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await error).toContain('2 of 2 worker threads did not say within 30 seconds that they are ready');
    expect(ended).toHaveBeenCalledTimes(2);
  });

  test('a service worker has one thread, and is told why', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    const arena = new Arena({ shared: true });
    using none = await Team.create(arena, { threads: 2 });
    expect([none.threads, none.reason]).toEqual([
      1,
      'there are no workers here (a service worker cannot start any)',
    ]);
    vi.stubGlobal('Worker', Worker);
    vi.stubGlobal('URL', {});
    using noBlobs = await Team.create(arena, { threads: 2 });
    expect([noBlobs.threads, noBlobs.reason]).toEqual([
      1,
      'workers cannot be started from blobs here: give createWorker',
    ]);
  });

  test('an engine that throws where the policy forbids workers, as WebKit does, says what the others say', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    const refusal = new DOMException('The operation is insecure.', 'SecurityError');
    vi.stubGlobal('Worker', function refuse() {
      throw refusal;
    });
    const arena = new Arena({ shared: true });
    const error = (await Team.create(arena, { threads: 2 }).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toBe(
      "A worker thread did not start: its script was not loaded (does the page's policy allow workers from blobs?)",
    );
    expect(error.cause).toBe(refusal);
  });
});

describe('a process', () => {
  test('ends although workers that it made itself still sleep', () => {
    const program = `
      import { Worker } from 'node:worker_threads';
      const createWorker = (source) => new Worker(source, { eval: true });
      const team = await kernels.Team.create(new kernels.Arena(), { threads: 3, createWorker });
      console.log(team.threads);
    `;
    expect(runChild(program, [], 20)).toBe('3\n');
  });

  test('has no threads of teams that were forgotten', () => {
    const program = `
      const alive = () => process.report.getReport().workers.length;
      const forget = async () => {
        const arena = new kernels.Arena();
        const team = await kernels.Team.create(arena, { threads: 3 });
        const at = arena.address(arena.float32(64));
        team.run('relu', [at], 64, { grain: 1 });
        await team.runAsync('relu', [at], 64, { grain: 1 });
      };
      await forget();
      const first = alive();
      for (let i = 0; i < 2; i++) await forget();
      for (let i = 0; i < 100 && alive() > 0; i++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      console.log(first, alive());
    `;
    expect(runChild(program, ['--expose-gc'])).toBe('2 0\n');
  });
});
