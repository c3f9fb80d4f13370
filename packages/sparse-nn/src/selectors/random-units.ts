/** Random units for lists of active ones, drawn by the kernel drawUnits: dropout, padding, sampled negatives. */
import { drawUnits, type FilledLists, type Team } from '@hashgrad/kernels';
import { Draws } from './draws.ts';

export class RandomUnits {
  readonly #team: Team;
  readonly #units: number;
  readonly #draws: Draws;
  readonly #shared: number;

  /** `name` tells this user of the seed from others; `shared` samples in a row have the same draws. */
  constructor(team: Team, units: number, seed: number, name: string, shared: number) {
    this.#shared = shared;
    this.#team = team;
    this.#units = units;
    this.#draws = new Draws(seed, name);
  }

  /** Draws of training so far: what makes the next ones. */
  get step(): number {
    return this.#draws.count;
  }

  set step(step: number) {
    this.#draws.count = step;
  }

  /**
   * Fills each of `batch` lists (`lengths[s]` ids at s * limit) up to `limit` ids. In training other units each time; an
   * evaluation has draws of its own, the same for each of its batches, and changes nothing for the training. `corrections` of their
   * logits, laid out as `ids`, are written where they are wanted.
   */
  fillUp(
    lists: Omit<FilledLists, 'units'>,
    batch: number,
    training: boolean,
    corrections?: Float32Array,
  ): void {
    const drawn = { ...lists, units: this.#units, corrections, ...this.#draws.next(training) };
    drawUnits(this.#team, { ...drawn, shared: this.#shared }, batch);
  }
}

/** Kernels count samples in 32 bits. */
const MOST_SHARED = 2 ** 31 - 1;

/** Refuses a number of samples that share draws, unless it is 1 or more and kernels can count to it. */
export function checkShared(kind: string, shared: unknown): void {
  if (!(Number.isInteger(shared) && (shared as number) >= 1 && (shared as number) <= MOST_SHARED)) {
    throw new RangeError(
      `${kind}: shared is a number of samples, from 1 to ${MOST_SHARED}; got ${String(shared)}.`,
    );
  }
}
