/**
 * A team of threads on one arena. A job is one kernel over a range of items; threads claim chunks of the range as they
 * get to them. Kernels own what they write by item, so the bits do not depend on who computes which chunk.
 */
import { roundUp } from '../memory/allocator.ts';
import type { Arena } from '../memory/arena.ts';
import type { KernelArguments } from '../generated/kernels.ts';
import { whyNotShared } from '../memory/program.ts';
import { Resource } from '../memory/resource.ts';
import { workerSource } from './worker-source.ts';

/** The control block, in a buffer of its own: 16 words, then 24 doubles that hold the kernel's arguments. */
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
const CONTROL_BYTES = WORDS * 4 + MOST_ARGUMENTS * 8;

/** How often a thread looks for work before it sleeps: some 20 microseconds, about what waking it would take. */
const SPINS = 4000;

/** How a job is shared out among the threads. */
export interface JobOptions {
  /** Items in a chunk, 1 or more. Default: a quarter of each thread's share, so that uneven chunks even out. */
  readonly grain?: number;
  /** Bytes of scratch that the kernel needs for each thread. */
  readonly scratch?: number;
}

/** How many threads a team has, and how they are started. */
export interface TeamOptions {
  /** Threads, this one included; from 1 to 64. Default 1. */
  readonly threads?: number | undefined;
  /** Makes a worker that runs the given program, for pages whose policy forbids workers from blobs. */
  readonly createWorker?: ((source: string) => WorkerLike) | undefined;
}

/** A web worker or a Worker of node:worker_threads: what the team does with it, besides listening for its messages. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/**
 * Threads on one arena, which share out the items of each kernel's range. The bits do not depend on how many there
 * are.
 */
export class Team extends Resource {
  readonly arena: Arena;
  /** Threads at work, this one included. */
  readonly threads: number;
  /** Why there are fewer threads than were asked for, if so. */
  readonly reason: string | undefined;
  readonly #workers: WorkerLike[] = [];
  readonly #control: Int32Array;
  readonly #arguments: Float64Array;
  readonly #indices: ReadonlyMap<string, number>;
  /** A job that the other threads do while this one is free. */
  #background: { finished: boolean; failed: boolean } | undefined;
  /** When the last job of `runAsync` will have ended. */
  #queue: Promise<void> = Promise.resolve();
  #scratch: Uint8Array;
  #scratchBytes = 0;

  private constructor(arena: Arena, threads: number, reason?: string) {
    super('This team');
    this.arena = arena;
    this.threads = threads;
    this.reason = reason;
    // Not in the arena: a thread that has not ended yet may still read it when the team is gone.
    const control = threads > 1 ? new SharedArrayBuffer(CONTROL_BYTES) : new ArrayBuffer(CONTROL_BYTES);
    this.#control = new Int32Array(control, 0, WORDS);
    this.#arguments = new Float64Array(control, WORDS * 4, MOST_ARGUMENTS);
    this.#indices = new Map(
      WebAssembly.Module.exports(arena.module as WebAssembly.Module).map(({ name }, index) => [name, index]),
    );
    this.#scratch = arena.uint8(0);
  }

  /** A team of this thread alone. */
  static single(arena: Arena): Team {
    return new Team(arena, 1);
  }

  /**
   * Starts the threads. Where memory cannot be shared the team has one, and `reason` says why.
   * @throws {RangeError} if `threads` is not an integer from 1 to 64.
   * @throws {Error} if a thread does not start; those that did are ended.
   */
  static async create(arena: Arena, options: TeamOptions = {}): Promise<Team> {
    const threads = options.threads ?? 1;
    if (!(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
      throw new RangeError(`A team has from 1 to 64 threads; got ${threads}.`);
    }
    if (threads > 1 && !arena.shared) {
      return new Team(arena, 1, whyNotShared() ?? 'the arena was made with shared: false');
    }
    const team = new Team(arena, threads);
    try {
      await team.#start(options.createWorker ?? createPlatformWorker);
    } catch (error) {
      team.close();
      throw error;
    }
    return team;
  }

  /**
   * Runs `kernel(...args, begin, end, scratch)` over items 0 to `items`, in chunks, and returns when all are done.
   * @throws {Error} if the kernel failed on another thread (this one's error is thrown as it is), or the team or its arena is
   * closed.
   * @throws {RangeError} if `items` or the grain is not a number of items, the scratch none of bytes, or there is no room
   * for that; nothing was then computed.
   */
  run<K extends keyof KernelArguments>(
    kernel: K,
    args: KernelArguments[K],
    items: number,
    options: JobOptions = {},
  ): void {
    this.checkOpen();
    const { kernels } = this.arena;
    if (!(Number.isInteger(items) && items >= 0))
      throw new RangeError(`A job has 0 or more items; got ${items}.`);
    if (items === 0) return;
    this.#finishBackground();
    const scratch = options.scratch ?? 0;
    // Sizes above 2 GiB come from WebAssembly as negative numbers: a kernel would write where there is no scratch.
    if (!(Number.isSafeInteger(scratch) && scratch >= 0)) {
      throw new RangeError(`The scratch of ${kernel} has 0 or more bytes; got ${scratch}.`);
    }
    if (scratch > this.#scratchBytes) this.#reserve(scratch);
    const grain =
      options.grain ?? Math.max(1, Math.ceil(items / (this.threads === 1 ? 1 : 4 * this.threads)));
    if (!(Number.isInteger(grain) && grain >= 1))
      throw new RangeError(`A chunk has 1 or more items; got ${grain}.`);
    const call = kernels[kernel] as (...values: number[]) => void;
    const ours = this.#scratch.byteOffset;
    if (this.threads === 1 || grain >= items) {
      call(...args, 0, items, ours);
      return;
    }
    this.#publish(kernel, args, items, grain);
    const control = this.#control;
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

  /**
   * As `run`, but the other threads do the job while this one is free for other work; the promise settles when they have.
   * Jobs are done one after the other; a call of `run` in between first waits for the one at work. A team of one thread does
   * the job on it, chunk by chunk, and lets events have their turn after each: give it a grain that is quickly done. What
   * the job reads and writes must stay as it is until then.
   * @throws as `run`.
   */
  runAsync<K extends keyof KernelArguments>(
    kernel: K,
    args: KernelArguments[K],
    items: number,
    options: JobOptions & { readonly grain: number },
  ): Promise<void> {
    this.checkOpen();
    const job = this.#queue.then(() =>
      this.threads === 1
        ? this.#runInTurns(kernel, args, items, options)
        : this.#runElsewhere(kernel, args, items, options),
    );
    this.#queue = job.catch(() => {});
    return job;
  }

  /** Ends the threads and gives their scratch back to the arena. */
  protected override release(): void {
    this.#finishBackground();
    this.#control[QUIT] = 1;
    Atomics.add(this.#control, GENERATION, 1);
    Atomics.notify(this.#control, GENERATION);
    for (const worker of this.#workers) void worker.terminate();
    this.arena.free(this.#scratch);
  }

  async #runInTurns<K extends keyof KernelArguments>(
    kernel: K,
    args: KernelArguments[K],
    items: number,
    { grain, scratch }: JobOptions & { readonly grain: number },
  ): Promise<void> {
    const call = (...values: unknown[]): void =>
      (this.arena.kernels[kernel] as (...all: unknown[]) => void)(...values, this.#scratch.byteOffset);
    for (let begin = 0; begin < items; begin += grain) {
      // A job of no items checks what there is to check, and makes room for the scratch.
      this.run(kernel, args, 0);
      if ((scratch ?? 0) > this.#scratchBytes) this.#reserve(scratch ?? 0);
      call(...args, begin, Math.min(begin + grain, items));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  async #runElsewhere<K extends keyof KernelArguments>(
    kernel: K,
    args: KernelArguments[K],
    items: number,
    { grain, scratch }: JobOptions & { readonly grain: number },
  ): Promise<void> {
    this.run(kernel, args, 0);
    if (items === 0) return;
    if ((scratch ?? 0) > this.#scratchBytes) this.#reserve(scratch ?? 0);
    const control = this.#control;
    const job = { finished: false, failed: false };
    this.#background = job;
    this.#publish(kernel, args, items, grain);
    // Waiting for another thread does not keep a process alive; a timer does.
    const alive = setInterval(() => {}, 2 ** 30);
    try {
      while (!job.finished) {
        const done = Atomics.load(control, DONE);
        if (done === this.#workers.length) this.#finishBackground();
        else await Atomics.waitAsync(control, DONE, done).value;
      }
    } finally {
      clearInterval(alive);
    }
    if (job.failed) throw new Error(`The kernel ${kernel} failed on another thread.`);
  }

  /** Waits for the job that runs in the background, if there is one: its control block is needed. */
  #finishBackground(): void {
    const job = this.#background;
    if (!job) return;
    this.#waitForOthers();
    job.finished = true;
    job.failed = this.#control[FAILED] !== 0;
    this.#background = undefined;
  }

  /** Gives a job to the other threads. */
  #publish(kernel: string, args: readonly number[], items: number, grain: number): void {
    const control = this.#control;
    this.#arguments.set(args);
    control[KERNEL] = this.#indices.get(kernel) ?? -1;
    control[ARGUMENTS] = args.length;
    control[ITEMS] = items;
    control[GRAIN] = grain;
    control[SCRATCH] = this.#scratch.byteOffset;
    control[SCRATCH_BYTES] = this.#scratchBytes;
    control[NEXT] = 0;
    control[DONE] = 0;
    control[FAILED] = 0;
    control[NEXT_MEMBER] = 1;
    Atomics.add(control, GENERATION, 1);
    Atomics.notify(control, GENERATION);
  }

  async #start(createWorker: (source: string) => WorkerLike): Promise<void> {
    const message = {
      module: this.arena.module,
      memory: this.arena.memory,
      control: this.#control.buffer,
      spins: SPINS,
    };
    while (this.#workers.length < this.threads - 1) this.#workers.push(createWorker(workerSource));
    await Promise.all(
      this.#workers.map((worker) => {
        const ready = untilReady(worker);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's, not a window's
        worker.postMessage(message);
        return ready;
      }),
    );
  }

  #reserve(bytes: number): void {
    const rounded = roundUp(bytes);
    // The old one goes once there is a new one: an arena that is full leaves the team as it was.
    const scratch = this.arena.uint8(rounded * this.threads);
    this.arena.free(this.#scratch);
    this.#scratch = scratch;
    this.#scratchBytes = rounded;
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

interface NodeWorker extends WorkerLike {
  once(event: 'message' | 'error' | 'exit', listener: (value: unknown) => void): void;
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
  // One blob for all workers of the page: it lives until the page goes.
  blobUrl ??= URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  return new Worker(blobUrl);
}

let blobUrl: string | undefined;

function untilReady(worker: WorkerLike): Promise<void> {
  return new Promise((resolve, reject) => {
    if ('once' in worker) {
      const node = worker as NodeWorker;
      node.once('message', () => resolve());
      node.once('error', reject);
      node.once('exit', (code) =>
        reject(new Error(`A worker thread did not start: it ended with code ${String(code)}.`)),
      );
    } else {
      const web = worker as Worker;
      web.addEventListener('message', () => resolve(), { once: true });
      web.addEventListener('error', ({ message }) => {
        // A script that was not loaded makes an event without a message.
        const why = message || "its script was not loaded (does the page's policy allow workers from blobs?)";
        reject(new Error(`A worker thread did not start: ${why}`));
      });
    }
  });
}
