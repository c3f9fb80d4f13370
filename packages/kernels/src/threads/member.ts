/** One worker of a team, of Node or of the web: when it is ready, and when it has ended. */
import type * as WorkerThreads from 'node:worker_threads';

/** A web worker or a Worker of node:worker_threads: what the team does with it, besides listening for its messages. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

interface NodeWorker extends WorkerLike {
  readonly performance?: { eventLoopUtilization(): EventLoopUse };
  on(event: 'message' | 'error' | 'exit', listener: (value: unknown) => void): void;
  once(event: 'message', listener: () => void): void;
  unref(): void;
}

interface EventLoopUse {
  readonly idle: number;
  readonly active: number;
}

/** Whether this is Node itself: Bun and Deno pass for it, but do not tell when a worker has stopped. */
const isNode =
  globalThis.process?.versions?.node !== undefined &&
  !('bun' in globalThis.process.versions) &&
  !('deno' in globalThis.process.versions);

const NOT_LOADED = "its script was not loaded (does the page's policy allow workers from blobs?)";

export class Member {
  readonly #worker: WorkerLike;
  readonly #started = Promise.withResolvers<void>();
  #ready = false;
  #ended: string | undefined;
  #tellsWhenStopped = false;

  constructor(worker: WorkerLike) {
    this.#worker = worker;
    // Whoever starts it hears of an error; nobody may have asked yet.
    this.#started.promise.catch(() => {});
    if ('once' in worker) this.#listenToNode(worker as NodeWorker);
    else this.#listenToWeb(worker as Worker);
  }

  /** Whether it has said that it is ready. */
  get ready(): boolean {
    return this.#ready;
  }

  /** How it ended, once an event said so: events come when no job runs. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** Sends what it needs, and waits until it is ready. @throws {Error} if it ends before: its own, where it has one. */
  async start(message: unknown): Promise<void> {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's, not a window's
    this.#worker.postMessage(message);
    await this.#started.promise;
    // It sleeps between jobs: a process ends without waiting for it.
    (this.#worker as Partial<NodeWorker>).unref?.();
    this.#tellsWhenStopped = isNode && this.#eventLoop().active > 0;
  }

  /**
   * Whether its thread has stopped, which must be seen while this thread waits and no event comes; undefined where nothing
   * tells. Node gives -1 for the idle time of a thread that has stopped, if it was asked before that.
   */
  hasStopped(): boolean | undefined {
    return this.#tellsWhenStopped ? this.#eventLoop().idle < 0 : undefined;
  }

  terminate(): void {
    void this.#worker.terminate();
  }

  #eventLoop(): EventLoopUse {
    const { performance } = this.#worker as Partial<NodeWorker>;
    return performance?.eventLoopUtilization() ?? { idle: 0, active: 0 };
  }

  #listenToNode(worker: NodeWorker): void {
    worker.once('message', () => this.#isReady());
    worker.on('error', (error) => this.#end(`ended with an error: ${String(error)}`, error));
    worker.on('exit', (code) => {
      const why = `ended with code ${String(code)}`;
      this.#end(why, new Error(`A worker thread did not start: it ${why}.`));
    });
  }

  #listenToWeb(worker: Worker): void {
    worker.addEventListener('message', () => this.#isReady(), { once: true });
    worker.addEventListener('error', ({ message }) => {
      // A script that was not loaded makes an event without a message.
      const why = message || NOT_LOADED;
      this.#end(`ended with an error: ${why}`, new Error(`A worker thread did not start: ${why}`));
    });
  }

  #isReady(): void {
    this.#ready = true;
    this.#started.resolve();
  }

  #end(why: string, error: unknown): void {
    this.#ended ??= why;
    this.#started.reject(error);
  }
}

/** Why workers cannot be started here, or `undefined` where they can. */
export function whyNoWorkers(): string | undefined {
  if (nodeThreads()) return undefined;
  if (typeof Worker === 'undefined') return 'there are no workers here (a service worker cannot start any)';
  if (typeof URL.createObjectURL !== 'function')
    return 'workers cannot be started from blobs here: give createWorker';
  return undefined;
}

/** A worker that runs the program. @throws {Error} if a browser refuses at once. */
export function createPlatformWorker(source: string): WorkerLike {
  const threads = nodeThreads();
  if (threads) return new threads.Worker(source, { eval: true });
  // One blob for all workers of the page: it lives until the page goes.
  blobUrl ??= URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    return new Worker(blobUrl);
  } catch (cause) {
    // Where the page's policy forbids it WebKit throws; the others send an event later.
    throw new Error(`A worker thread did not start: ${NOT_LOADED}`, { cause });
  }
}

let blobUrl: string | undefined;

/** Looked up at run time: a static import of a Node module would break browsers. */
function nodeThreads(): typeof WorkerThreads | undefined {
  return globalThis.process?.getBuiltinModule?.('node:worker_threads');
}
