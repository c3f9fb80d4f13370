/** Random units for lists of active ones, drawn by the kernel drawUnits: dropout, padding, sampled negatives. */
import { drawUnits, type Team } from '@hashgrad/kernels';
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
   * evaluation has draws of its own, the same for each of its batches, and changes nothing for the training.
   */
  fill(ids: Int32Array, lengths: Int32Array, limit: number, batch: number, training: boolean): void {
    const lists = { ids, lengths, limit, units: this.#units };
    drawUnits(this.#team, { ...lists, ...this.#draws.next(training), shared: this.#shared }, batch);
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
