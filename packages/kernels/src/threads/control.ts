/**
 * The control block that the threads of a team share: a buffer of its own, not in the arena, because a thread that has not
 * ended yet may read it when the team is gone. Words; the kernel's arguments, as doubles; for each member the job that it
 * last woke for and the job that it last finished; what an error said; and for each member how many of its chunks were
 * claimed. Words that different threads write are a cache line apart: a line that they share travels between them each time.
 */

/** Bytes of a cache line, and the words in it. */
const LINE = 64;
const LINE_WORDS = LINE / 4;

// The first line: the job, which only the leading thread writes.
export const GENERATION = 0;
export const KERNEL = 1;
export const ITEMS = 2;
export const GRAIN = 3;
export const QUIT = 4;
export const ARGUMENTS = 5;
export const SCRATCH = 6;
export const SCRATCH_BYTES = 7;
/** Threads of the team. */
export const THREADS = 8;
/** For how many more jobs the processors count as crowded. */
export const CROWDED = 9;
// The second: what the others have to say of it.
export const DONE: number = LINE_WORDS;
/** The member whose kernel failed first; 0 where none did. */
export const FAILED: number = LINE_WORDS + 1;
/** Characters of its error. */
export const ERROR_LENGTH: number = LINE_WORDS + 2;
// The third: who sleeps, and has to be woken. It is written when there is nothing else to do.
/** Members that sleep until there is a job, or are about to. */
export const SLEEPING: number = 2 * LINE_WORDS;
/** 1 while the leading thread sleeps until the others are done, or is about to. */
export const WAITING: number = 2 * LINE_WORDS + 1;

/**
 * How often a thread looks for what it waits for before it sleeps: for 0.1 to 0.3 milliseconds, longer than waking takes, so that
 * threads which have their processors for themselves seldom sleep in the midst of a step. Where somebody else needs a processor
 * too, looking takes it from those who work.
 */
export const PATIENCE = 40_000;
export const CROWDED_PATIENCE = 4000;
/** For how many jobs processors count as crowded. */
const CROWDED_JOBS = 256;

export const MOST_THREADS = 64;
/** Errors are cut to so many characters. */
export const MOST_CHARACTERS = 256;

export const WORDS: number = 3 * LINE_WORDS;
export const MOST_ARGUMENTS = 24;
export const ARGUMENTS_AT: number = WORDS * 4;
export const WOKEN_AT: number = ARGUMENTS_AT + MOST_ARGUMENTS * 8;
export const FINISHED_AT: number = WOKEN_AT + MOST_THREADS * 4;
export const ERROR_AT: number = FINISHED_AT + MOST_THREADS * 4;
export const CLAIMED_AT: number = ERROR_AT + MOST_CHARACTERS * 2;
/** Words from one member's count of claimed chunks to the next one's. */
export const CLAIMED_STRIDE: number = LINE_WORDS;

export interface Control {
  readonly words: Int32Array;
  readonly arguments: Float64Array;
  /** For each member the generation that it last woke for. */
  readonly woken: Int32Array;
  /** For each member the generation that it last finished. */
  readonly finished: Int32Array;
  /** The error's UTF-16 code units. */
  readonly error: Uint16Array;
  /** At each member's place, CLAIMED_STRIDE apart, how many of its chunks were claimed. */
  readonly claimed: Int32Array;
}

/** The control block of a team of `threads`. */
export function makeControl(threads: number): Control {
  const bytes = CLAIMED_AT + threads * CLAIMED_STRIDE * 4;
  const buffer = threads > 1 ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  const control = {
    words: new Int32Array(buffer, 0, WORDS),
    arguments: new Float64Array(buffer, ARGUMENTS_AT, MOST_ARGUMENTS),
    woken: new Int32Array(buffer, WOKEN_AT, MOST_THREADS),
    finished: new Int32Array(buffer, FINISHED_AT, MOST_THREADS),
    error: new Uint16Array(buffer, ERROR_AT, MOST_CHARACTERS),
    claimed: new Int32Array(buffer, CLAIMED_AT, threads * CLAIMED_STRIDE),
  };
  control.words[THREADS] = threads;
  return control;
}

/** How often the leading thread looks whether the others are done. */
export function patienceOf({ words }: Control): number {
  return words[CROWDED]! > 0 ? CROWDED_PATIENCE : PATIENCE;
}

/** A job begins. */
export function countJob({ words }: Control): void {
  if (words[CROWDED]! > 0) words[CROWDED]!--;
}

/** The others were not done when the leading thread lost its patience: if that was long, they may not have had a processor. */
export function noteLate({ words }: Control): void {
  if (words[CROWDED] === 0) words[CROWDED] = CROWDED_JOBS;
}

/** What the first kernel said that failed in this job, if one did. */
export function errorIn({ words, error }: Control): string | undefined {
  if (words[FAILED] === 0) return undefined;
  return String.fromCharCode(...error.subarray(0, words[ERROR_LENGTH]));
}
