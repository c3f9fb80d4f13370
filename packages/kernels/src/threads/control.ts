/**
 * The control block that the threads of a team share: a buffer of its own, not in the arena, because a thread that has not
 * ended yet may read it when the team is gone. 16 words; the kernel's arguments, as doubles; for each member the job that it
 * last woke for and the job that it last finished; what an error said. The same numbers are in worker-source.ts.
 */
export const GENERATION = 0;
export const NEXT = 1;
export const DONE = 2;
export const KERNEL = 3;
export const ITEMS = 4;
export const GRAIN = 5;
export const QUIT = 6;
export const ARGUMENTS = 7;
export const SCRATCH = 8;
export const SCRATCH_BYTES = 9;
/** The member whose kernel failed first; 0 where none did. */
export const FAILED = 10;
/** Characters of its error. */
const ERROR_LENGTH = 11;

export const MOST_THREADS = 64;
/** Errors are cut to so many characters. */
const MOST_CHARACTERS = 256;

const WORDS = 16;
const MOST_ARGUMENTS = 24;
const ARGUMENTS_AT = WORDS * 4;
const WOKEN_AT = ARGUMENTS_AT + MOST_ARGUMENTS * 8;
const FINISHED_AT = WOKEN_AT + MOST_THREADS * 4;
const ERROR_AT = FINISHED_AT + MOST_THREADS * 4;
const BYTES = ERROR_AT + MOST_CHARACTERS * 2;

export interface Control {
  readonly words: Int32Array;
  readonly arguments: Float64Array;
  /** For each member the generation that it last woke for. */
  readonly woken: Int32Array;
  /** For each member the generation that it last finished. */
  readonly finished: Int32Array;
  /** The error's UTF-16 code units. */
  readonly error: Uint16Array;
}

/** The control block of a team of `threads`. */
export function makeControl(threads: number): Control {
  return controlOf(threads > 1 ? new SharedArrayBuffer(BYTES) : new ArrayBuffer(BYTES));
}

function controlOf(buffer: ArrayBufferLike): Control {
  return {
    words: new Int32Array(buffer, 0, WORDS),
    arguments: new Float64Array(buffer, ARGUMENTS_AT, MOST_ARGUMENTS),
    woken: new Int32Array(buffer, WOKEN_AT, MOST_THREADS),
    finished: new Int32Array(buffer, FINISHED_AT, MOST_THREADS),
    error: new Uint16Array(buffer, ERROR_AT, MOST_CHARACTERS),
  };
}

/** What the first kernel said that failed in this job, if one did. */
export function errorIn({ words, error }: Control): string | undefined {
  if (words[FAILED] === 0) return undefined;
  return String.fromCharCode(...error.subarray(0, words[ERROR_LENGTH]));
}
