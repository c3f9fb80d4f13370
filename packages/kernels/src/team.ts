/**
 * A team of threads on one arena. A job is one kernel over a range of items; threads claim chunks of the range as they
 * get to them. Kernels own what they write by item, so the bits do not depend on who computes which chunk.
 */
import type { Arena } from './arena.ts';
import type { KernelArguments } from './generated/kernels.ts';
import { whyNotShared } from './program.ts';
import { workerSource } from './worker-source.ts';

/** The control block: 16 words, then 24 doubles that hold the kernel's arguments. */
const GENERATION = 0;
const NEXT = 1;
const DONE = 2;
const KERNEL = 3;
const ITEMS = 4;
const GRAIN = 5;
const QUIT = 6;
const ARGUMENTS = 7;
const SCRATCH = 8;
const SCRATCH_BYTES = 9;
const NEXT_MEMBER = 10;
const FAILED = 11;
const WORDS = 16;
const MOST_ARGUMENTS = 24;

/** How often a thread looks for work before it sleeps: some 20 microseconds, about what waking it would take. */
const SPINS = 4000;

export interface JobOptions {
  /** Items in a chunk. Default: a quarter of each thread's share, so that uneven chunks even out. */
  readonly grain?: number;
  /** Bytes of scratch that the kernel needs for each thread. */
  readonly scratch?: number;
}

export interface TeamOptions {
  /** Threads, this one included; from 1 to 64. Default 1. */
  readonly threads?: number;
  /** Makes a worker that runs the given program, for pages whose policy forbids workers from blobs. */
  readonly createWorker?: (source: string) => WorkerLike;
}

/** What the team needs of a web worker or of node:worker_threads. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

export class Team implements Disposable {
  readonly arena: Arena;
  /** Threads at work, this one included. */
  readonly threads: number;
  /** Why there are fewer threads than were asked for, if so. */
  readonly reason: string | undefined;
  readonly #workers: readonly WorkerLike[];
  readonly #control: Int32Array;
  readonly #arguments: Float64Array;
  readonly #indices: ReadonlyMap<string, number>;
  #scratch: Uint8Array;
  #scratchBytes = 0;

  private constructor(arena: Arena, workers: readonly WorkerLike[], control: Int32Array, reason?: string) {
    this.arena = arena;
    this.threads = workers.length + 1;
    this.reason = reason;
    this.#workers = workers;
    this.#control = control;
    this.#arguments = new Float64Array(control.buffer, control.byteOffset + WORDS * 4, MOST_ARGUMENTS);
    this.#indices = new Map(WebAssembly.Module.exports(arena.module).map(({ name }, index) => [name, index]));
    this.#scratch = arena.uint8(0);
  }

  /** A team of this thread alone. */
  static single(arena: Arena): Team {
    return new Team(arena, [], controlBlock(arena));
  }

  /**
   * Starts the threads. Where memory cannot be shared the team has one, and `reason` says why.
   * @throws {RangeError} if `threads` is not an integer from 1 to 64.
   */
  static async create(arena: Arena, options: TeamOptions = {}): Promise<Team> {
    const threads = options.threads ?? 1;
    if (!(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
      throw new RangeError(`A team has from 1 to 64 threads; got ${threads}.`);
    }
    const control = controlBlock(arena);
    if (threads > 1 && !arena.shared) {
      return new Team(arena, [], control, whyNotShared() ?? 'the arena was made with shared: false');
    }
    const createWorker = options.createWorker ?? createPlatformWorker;
    const workers = await Promise.all(
      Array.from({ length: threads - 1 }, async () => {
        const worker = createWorker(workerSource);
        const ready = untilReady(worker);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's, not a window's
        worker.postMessage({
          module: arena.module,
          memory: arena.memory,
          control: control.byteOffset,
          spins: SPINS,
        });
        await ready;
        return worker;
      }),
    );
    return new Team(arena, workers, control);
  }

  /**
   * Runs `kernel(...args, begin, end, scratch)` over items 0 to `items`, in chunks, and returns when all are done.
   * @throws {Error} if the kernel failed on another thread (this one's error is thrown as it is).
   */
  run<K extends keyof KernelArguments>(
    kernel: K,
    args: KernelArguments[K],
    items: number,
    options: JobOptions = {},
  ): void {
    if (items <= 0) return;
    const scratch = options.scratch ?? 0;
    if (scratch > this.#scratchBytes) this.#reserve(scratch);
    const grain =
      options.grain ?? Math.max(1, Math.ceil(items / (this.threads === 1 ? 1 : 4 * this.threads)));
    const call = this.arena.kernels[kernel] as (...values: number[]) => void;
    const ours = this.#scratch.byteOffset;
    if (this.threads === 1 || grain >= items) {
      call(...args, 0, items, ours);
      return;
    }
    const control = this.#control;
    this.#arguments.set(args);
    control[KERNEL] = this.#indices.get(kernel) ?? -1;
    control[ARGUMENTS] = args.length;
    control[ITEMS] = items;
    control[GRAIN] = grain;
    control[SCRATCH] = ours;
    control[SCRATCH_BYTES] = this.#scratchBytes;
    control[NEXT] = 0;
    control[DONE] = 0;
    control[FAILED] = 0;
    control[NEXT_MEMBER] = 1;
    Atomics.add(control, GENERATION, 1);
    Atomics.notify(control, GENERATION);
    try {
      for (;;) {
        const begin = Atomics.add(control, NEXT, 1) * grain;
        if (begin >= items) break;
        call(...args, begin, Math.min(begin + grain, items), ours);
      }
    } finally {
      this.#waitForOthers();
    }
    if (control[FAILED] !== 0) throw new Error(`The kernel ${kernel} failed on another thread.`);
  }

  /** Ends the threads and gives their scratch back to the arena. */
  [Symbol.dispose](): void {
    this.#control[QUIT] = 1;
    Atomics.add(this.#control, GENERATION, 1);
    Atomics.notify(this.#control, GENERATION);
    for (const worker of this.#workers) void worker.terminate();
    this.arena.free(this.#scratch);
    // The control block stays: a thread that has not ended yet may still read it.
    if (this.#workers.length === 0) this.arena.free(this.#control);
  }

  #reserve(bytes: number): void {
    this.arena.free(this.#scratch);
    this.#scratchBytes = Math.ceil(bytes / 64) * 64;
    this.#scratch = this.arena.uint8(this.#scratchBytes * this.threads);
  }

  #waitForOthers(): void {
    const control = this.#control;
    const others = this.#workers.length;
    for (let spin = 0; ; spin++) {
      const done = Atomics.load(control, DONE);
      if (done === others) return;
      if (spin >= SPINS && mayWait) Atomics.wait(control, DONE, done);
    }
  }
}

/** A browser's main thread may not sleep; it looks until the others are done. */
const mayWait = typeof (globalThis as { document?: unknown }).document === 'undefined';

function controlBlock(arena: Arena): Int32Array {
  return arena.int32(WORDS + MOST_ARGUMENTS * 2).subarray(0, WORDS);
}

interface NodeWorker extends WorkerLike {
  once(event: 'message' | 'error', listener: (value: unknown) => void): void;
  unref(): void;
}

function createPlatformWorker(source: string): WorkerLike {
  // Looked up at run time: a static import of a Node module would break browsers.
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads) {
    const worker = new threads.Worker(source, { eval: true }) as unknown as NodeWorker;
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  return new Worker(url);
}

function untilReady(worker: WorkerLike): Promise<void> {
  return new Promise((resolve, reject) => {
    if ('once' in worker) {
      const node = worker as NodeWorker;
      node.once('message', () => resolve());
      node.once('error', reject);
    } else {
      const web = worker as Worker;
      web.addEventListener('message', () => resolve(), { once: true });
      web.addEventListener('error', (event) =>
        reject(new Error(`A worker thread did not start: ${event.message}`)),
      );
    }
  });
}
