/**
 * A team of threads on one arena. A job is one kernel over a range of items. Each thread claims the chunks of its own share
 * of the range first, and then those that others have not got to: so what it computes in one job is mostly what it computed in
 * the last one, rows of weights for instance, and is still in its caches.
 *
 * The bits do not depend on the number of threads, by two rules. What a kernel writes belongs to one item, which one thread
 * computes whole. And where a sum goes over several items, its order is fixed by something else than the chunks: products sum
 * over their depth in ascending order (assembly/dense/gemm.ts), gradients of a row over its pairs sorted by sample
 * (ops/row-pairs.ts, assembly/rows/walk-backward.ts), and what threads sum apart is split into a number of ranges that the
 * caller fixes, whose sums are added in their order (`partials` of ops/walk.ts). Samples that are steps of their own go one after
 * the other in one chunk (ops/training.ts), unless races are asked for.
 */
import { roundUp } from '../memory/allocator.ts';
import type { Arena } from '../memory/arena.ts';
import type { KernelArguments } from '../generated/kernels.ts';
import { whyNotShared } from '../memory/program.ts';
import { checkOptions } from '../memory/options.ts';
import { Resource } from '../memory/resource.ts';
import * as control from './control.ts';
import { Crew, LOOK_EVERY } from './crew.ts';
import { createPlatformWorker, whyNoWorkers, type WorkerLike } from './member.ts';

/** Numbers of a chunk, at the least: to work through fewer takes less time than to share them. */
const FEW_NUMBERS = 16_384;

/** How a job is shared out among the threads. */
export interface JobOptions {
  /**
   * Items in a chunk, 1 or more. Default: a quarter of each thread's share, so that uneven chunks even out; more where `size` says
   * that items are small, so that a small job stays on one thread.
   */
  readonly grain?: number;
  /** About how many numbers an item takes. Default: so many that a single item is worth a thread. */
  readonly size?: number;
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

/** Ends the threads of teams that were forgotten. What it holds does not lead to the team. */
const forgotten = new FinalizationRegistry<Crew>((crew) => crew.end());

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
  readonly #crew: Crew;
  readonly #control: control.Control;
  readonly #indices: ReadonlyMap<string, number>;
  /** A job that the other threads do while this one is free. */
  #background: BackgroundJob | undefined;
  /** When the last job of `runAsync` will have ended. */
  #queue: Promise<void> = Promise.resolve();
  #scratch: Uint8Array;
  #scratchBytes = 0;
  /** Called when no other thread works in the arena's memory any more. */
  #leaveMemory: (() => void) | undefined;

  private constructor(arena: Arena, threads: number, reason?: string) {
    super('This team');
    this.arena = arena;
    this.threads = threads;
    this.reason = reason;
    this.#control = control.makeControl(threads);
    this.#crew = new Crew(this.#control);
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
   * Starts the threads. Where there can be no more than one the team has one, and `reason` says why.
   * @throws {RangeError} if `threads` is not an integer from 1 to 64. @throws {TypeError} for an option that there is not.
   * @throws {Error} if a thread does not start, or is not ready within 30 seconds; those that did are ended.
   */
  static async create(arena: Arena, options: TeamOptions = {}): Promise<Team> {
    checkOptions('A team', options, { threads: true, createWorker: true });
    const { threads = 1, createWorker } = options;
    if (!(Number.isInteger(threads) && threads >= 1 && threads <= control.MOST_THREADS)) {
      throw new RangeError(`A team has from 1 to ${control.MOST_THREADS} threads; got ${threads}.`);
    }
    if (createWorker !== undefined && typeof createWorker !== 'function') {
      throw new TypeError(`createWorker is a function; got ${typeof createWorker}.`);
    }
    if (threads === 1) return new Team(arena, 1);
    const reason = arena.shared
      ? createWorker
        ? undefined
        : whyNoWorkers()
      : (whyNotShared() ?? 'the arena was made with shared: false');
    if (reason !== undefined) return new Team(arena, 1, reason);
    const team = new Team(arena, threads);
    try {
      await team.#start(createWorker ?? createPlatformWorker);
    } catch (error) {
      team.close();
      throw error;
    }
    return team;
  }

  /**
   * Runs `kernel(...args, begin, end, scratch)` over items 0 to `items`, in chunks, and returns when all are done.
   * @throws {Error} if the kernel failed on another thread (this one's error is thrown as it is), if the team or its arena is
   * closed, or if a thread has died: the job is then not whole, and every later call throws, too. In Node that is seen within
   * a second. Elsewhere a thread that did not wake for a job counts as dead after 5 seconds, and one that dies within a chunk
   * is waited for without end: nothing tells it from one that is slow.
   * @throws {RangeError} if `items`, the grain or the scratch is not a whole number, or there is no room for the scratch;
   * nothing was then computed.
   */
  run<K extends keyof KernelArguments>(
    kernel: K,
    args: KernelArguments[K],
    items: number,
    options: JobOptions = {},
  ): void {
    this.#checkWhole();
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
    const grain = options.grain ?? this.#grain(items, options.size ?? FEW_NUMBERS);
    if (!(Number.isInteger(grain) && grain >= 1))
      throw new RangeError(`A chunk has 1 or more items; got ${grain}.`);
    const call = kernels[kernel] as (...values: number[]) => void;
    const ours = this.#scratch.byteOffset;
    if (this.threads === 1 || grain >= items) {
      call(...args, 0, items, ours);
      return;
    }
    this.#publish(kernel, args, items, grain);
    const { claimed } = this.#control;
    const chunks = Math.ceil(items / grain);
    try {
      for (let owner = 0; owner < this.threads; owner++) {
        const first = Math.floor((owner * chunks) / this.threads);
        const last = Math.floor(((owner + 1) * chunks) / this.threads);
        for (;;) {
          const chunk = first + Atomics.add(claimed, owner * control.CLAIMED_STRIDE, 1);
          if (chunk >= last) break;
          call(...args, chunk * grain, Math.min((chunk + 1) * grain, items), ours);
        }
      }
    } finally {
      if (this.#waitForOthers()) control.noteLate(this.#control);
    }
    const error = this.#failure(kernel);
    if (error) throw error;
  }

  /**
   * As `run`, but the other threads do the job while this one is free for other work; the promise settles when they have.
   * Jobs are done one after the other; a call of `run` in between first waits for the one at work. A team of one thread does
   * the job on it, chunk by chunk, and lets events have their turn after each: give it a grain that is quickly done. What
   * the job reads and writes must stay as it is until then.
   * @throws as `run`, and if the team was closed before the job had ended.
   */
  runAsync<K extends keyof KernelArguments>(
    kernel: K,
    args: KernelArguments[K],
    items: number,
    options: JobOptions & { readonly grain: number },
  ): Promise<void> {
    this.#checkWhole();
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
    forgotten.unregister(this);
    try {
      this.#finishBackground();
    } catch {
      // A thread died at it: the job's promise says so.
    }
    // A thread that did not start, or seemed dead, may still come to the memory: nobody else gets it then.
    const { intact } = this.#crew;
    this.#crew.end();
    this.arena.free(this.#scratch);
    if (intact) this.#leaveMemory?.();
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
    const { words } = this.#control;
    const job: BackgroundJob = { kernel, finished: false, error: undefined };
    this.#background = job;
    Atomics.store(words, control.WAITING, 1);
    this.#publish(kernel, args, items, grain);
    // Waiting for another thread does not keep a process alive; a timer does.
    const alive = setInterval(() => {}, 2 ** 30);
    try {
      for (let looks = 0; !job.finished;) {
        const done = Atomics.load(words, control.DONE);
        if (done === this.#crew.size) this.#finishBackground();
        else {
          const woken = await Atomics.waitAsync(words, control.DONE, done, LOOK_EVERY).value;
          if (woken === 'timed-out' && !job.finished) this.#look(++looks);
        }
      }
    } finally {
      clearInterval(alive);
      Atomics.store(words, control.WAITING, 0);
    }
    if (job.error) throw job.error;
    // Who called it must not go on with arrays of memory that was given back.
    this.checkOpen();
  }

  /** Waits for the job that runs in the background, if there is one: its control block is needed. */
  #finishBackground(): void {
    const job = this.#background;
    if (!job) return;
    this.#waitForOthers();
    job.finished = true;
    job.error = this.#failure(job.kernel);
    this.#background = undefined;
  }

  /** Items in a chunk, of so many numbers each. */
  #grain(items: number, size: number): number {
    if (this.threads === 1) return items;
    return Math.max(Math.ceil(items / (4 * this.threads)), Math.ceil(FEW_NUMBERS / Math.max(1, size)));
  }

  /** Gives a job to the other threads. */
  #publish(kernel: string, args: readonly number[], items: number, grain: number): void {
    const { words, claimed } = this.#control;
    this.#control.arguments.set(args);
    words[control.KERNEL] = this.#indices.get(kernel) ?? -1;
    words[control.ARGUMENTS] = args.length;
    words[control.ITEMS] = items;
    words[control.GRAIN] = grain;
    words[control.SCRATCH] = this.#scratch.byteOffset;
    words[control.SCRATCH_BYTES] = this.#scratchBytes;
    for (let owner = 0; owner < this.threads; owner++) claimed[owner * control.CLAIMED_STRIDE] = 0;
    control.countJob(this.#control);
    words[control.DONE] = 0;
    words[control.FAILED] = 0;
    Atomics.add(words, control.GENERATION, 1);
    if (Atomics.load(words, control.SLEEPING) > 0) Atomics.notify(words, control.GENERATION);
  }

  async #start(createWorker: (source: string) => WorkerLike): Promise<void> {
    const { memory, module } = this.arena;
    this.#leaveMemory = this.arena.holdMemory();
    forgotten.register(this, this.#crew, this);
    await this.#crew.start(this.threads - 1, createWorker, { module, memory });
  }

  #reserve(bytes: number): void {
    const rounded = roundUp(bytes);
    // The old one goes once there is a new one: an arena that is full leaves the team as it was.
    const scratch = this.arena.uint8(rounded * this.threads);
    this.arena.free(this.#scratch);
    this.#scratch = scratch;
    this.#scratchBytes = rounded;
  }

  /** Returns when the others are done: whether patience was lost before. */
  #waitForOthers(): boolean {
    const { words } = this.#control;
    const others = this.#crew.size;
    const patience = control.patienceOf(this.#control);
    let [looks, next] = [0, 0];
    for (let spin = 0; ; spin++) {
      const done = Atomics.load(words, control.DONE);
      if (done === others) return spin > patience;
      if (spin < patience) continue;
      if (mayWait) {
        Atomics.store(words, control.WAITING, 1);
        const woken = Atomics.wait(words, control.DONE, done, LOOK_EVERY);
        // Whoever waits for a job in the background is still to be woken.
        if (!this.#background) Atomics.store(words, control.WAITING, 0);
        if (woken === 'timed-out') this.#look(++looks);
      } else if (spin % control.CROWDED_PATIENCE === 0) {
        // The clock is seldom looked at. What is counted is looks, not time: a computer that slept does not make its threads look dead.
        const now = performance.now();
        if (now < next) continue;
        if (next > 0) this.#look(++looks);
        next = now + LOOK_EVERY;
      }
    }
  }

  /** @throws {Error} if a thread is dead, once those that are not have finished the job. */
  #look(looks: number): void {
    this.#crew.look(looks);
    if (this.#crew.lost === undefined || !this.#crew.settled) return;
    const error = broken(this.#crew.lost);
    if (this.#background) Object.assign(this.#background, { finished: true, error });
    this.#background = undefined;
    this.#crew.end();
    throw error;
  }

  /** @throws {Error} if the team is closed, or one of its threads has died. */
  #checkWhole(): void {
    this.checkOpen();
    if (this.#crew.lost !== undefined) throw broken(this.#crew.lost);
  }

  /** The error that the kernel had on another thread, if one had. */
  #failure(kernel: string): Error | undefined {
    const said = control.errorIn(this.#control);
    return said === undefined
      ? undefined
      : new Error(`The kernel ${kernel} failed on another thread: ${said}`);
  }
}

/** A job that the other threads do. */
interface BackgroundJob {
  readonly kernel: string;
  finished: boolean;
  error: Error | undefined;
}

function broken(why: string): Error {
  return new Error(`This team is broken: ${why}. A job may not be whole; close the team, and make another.`);
}

/** A browser's main thread may not sleep; it looks until the others are done. */
const mayWait = typeof (globalThis as { document?: unknown }).document === 'undefined';
