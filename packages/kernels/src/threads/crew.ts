/**
 * The other threads of a team: how they start, how they end, and how it is seen that one is dead. Nothing here knows the
 * team, so that a team which is forgotten can be collected, and its threads be ended.
 */
import { type Control, GENERATION, QUIT } from './control.ts';
import { Member, type WorkerLike } from './member.ts';
import { workerSource } from './worker-source.ts';

/** How often a thread that waits looks whether the others are alive, in milliseconds. */
export const LOOK_EVERY = 250;
/** So many looks at a thread that has not woken for a job, some 5 seconds, and it counts as dead. */
const MOST_LOOKS = 20;
/** What threads have for their start, in seconds. */
const START_SECONDS = 30;

export class Crew {
  readonly control: Control;
  readonly #members: Member[] = [];
  readonly #dead = new Map<Member, string>();
  #started = false;

  constructor(control: Control) {
    this.control = control;
  }

  /** Threads, without the one that leads. */
  get size(): number {
    return this.#members.length;
  }

  /** Whether all have started and none has died: none of them does anything then while no job is under way. */
  get intact(): boolean {
    return this.#started && this.lost === undefined;
  }

  /** Why the crew is of no use any more, once one of it has died. */
  get lost(): string | undefined {
    for (const [index, member] of this.#members.entries()) {
      const why = member.ended ?? this.#dead.get(member);
      if (why !== undefined) return `thread ${index + 2} of ${this.size + 1} ${why}`;
    }
    return undefined;
  }

  /** Whether each of it has finished the job, or is dead. */
  get settled(): boolean {
    return this.#members.every((member, index) => this.#isDead(member) || this.#hasFinished(index));
  }

  /**
   * Starts `count` threads, and sends each what it needs.
   * @throws {Error} if one does not start, or is not ready in 30 seconds.
   */
  async start(
    count: number,
    createWorker: (source: string) => WorkerLike,
    message: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    while (this.#members.length < count) this.#members.push(new Member(createWorker(workerSource)));
    const control = this.control.words.buffer;
    const starts = this.#members.map((member, index) =>
      member.start({ ...message, control, member: index + 1 }),
    );
    const limit = timeLimit(START_SECONDS, () => {
      const late = this.#members.filter(({ ready }) => !ready).length;
      return new Error(
        `${late} of ${count} worker threads did not say within ${START_SECONDS} seconds that they are ready: ` +
          'does createWorker make workers that run the source that it is given?',
      );
    });
    try {
      await Promise.race([Promise.all(starts), limit.passed]);
    } finally {
      limit.clear();
    }
    this.#started = true;
  }

  /**
   * Looks at those that have not finished the job; called every LOOK_EVERY milliseconds, `looks` times for this job. A thread
   * that woke for the job is not given up for the time that it takes: its chunk may be long.
   */
  look(looks: number): void {
    const { words, woken } = this.control;
    const generation = Atomics.load(words, GENERATION);
    this.#members.forEach((member, index) => {
      if (this.#isDead(member) || this.#hasFinished(index)) return;
      const stopped = member.hasStopped();
      if (stopped) this.#dead.set(member, 'has ended');
      if (stopped === undefined && looks >= MOST_LOOKS && Atomics.load(woken, index + 1) !== generation) {
        const seconds = (MOST_LOOKS * LOOK_EVERY) / 1000;
        this.#dead.set(member, `did not wake for a job within ${seconds} seconds`);
      }
    });
  }

  /** Ends the threads. */
  end(): void {
    const { words } = this.control;
    Atomics.store(words, QUIT, 1);
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(words, GENERATION);
    for (const member of this.#members) member.terminate();
  }

  #hasFinished(index: number): boolean {
    const { words, finished } = this.control;
    return Atomics.load(finished, index + 1) === Atomics.load(words, GENERATION);
  }

  #isDead(member: Member): boolean {
    return member.ended !== undefined || this.#dead.has(member);
  }
}

/** Is rejected after some seconds in which this thread was awake: those that a computer slept do not count. */
function timeLimit(seconds: number, error: () => Error): { passed: Promise<never>; clear: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  let left = seconds;
  const timer = setInterval(() => {
    if (--left === 0) reject(error());
  }, 1000);
  return { passed: promise, clear: () => clearInterval(timer) };
}
