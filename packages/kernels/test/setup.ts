/** What the jobs of jobs.ts are made of. */
import type { Arena, View } from '../src/index.ts';
import { sortPairs } from '../src/reference/index.ts';
import type { AnyRows } from '../src/reference/index.ts';
import { floats, lists, pad4, randomOf } from './data.ts';
import type { Lists, Random } from './data.ts';
import { OPTIMIZERS, makeRows, placeOptimizer, placePairs, placeRows } from './layers.ts';
import type { Placer } from './layers.ts';

/** Samples, and rows of weights: enough for some chunks for each thread. */
export const COUNT: number = 37;
/** Width of rows: not a multiple of 4. */
export const WIDTH: number = 19;
export const STRIDE: number = pad4(WIDTH);

/** Copies arrays to an arena, from which nothing is freed. */
export class Setup implements Placer {
  readonly arena: Arena;
  readonly random: Random = randomOf(1);

  constructor(arena: Arena) {
    this.arena = arena;
  }

  float32(values: ArrayLike<number>): Float32Array {
    const array = this.arena.float32(values.length);
    array.set(values);
    return array;
  }

  int32(values: ArrayLike<number>): Int32Array {
    const array = this.arena.int32(values.length);
    array.set(values);
    return array;
  }

  uint16(values: ArrayLike<number>): Uint16Array {
    const array = this.arena.uint16(values.length);
    array.set(values);
    return array;
  }

  at(view: View): number {
    return this.arena.address(view);
  }

  /** The address of a copy. */
  floatsAt(values: ArrayLike<number>): number {
    return this.at(this.float32(values));
  }

  idsAt(values: ArrayLike<number>): number {
    return this.at(this.int32(values));
  }
}

/** What the walks need. */
export interface Walk {
  /** Which rows each sample of the batch chose, and how much each weighs. */
  readonly choices: Lists;
  readonly coefficientsAt: number;
  readonly rows: AnyRows;
  readonly rowsAt: number;
  readonly pairsAt: number;
  readonly optimizerAt: number;
}

export function walk(setup: Setup): Walk {
  const { random } = setup;
  const choices = lists(random, COUNT, COUNT);
  const { rows, at: rowsAt } = placeRows(setup, makeRows(random, COUNT, WIDTH, true));
  return {
    choices,
    coefficientsAt: setup.floatsAt(floats(random, choices.ids.length)),
    rows,
    rowsAt,
    pairsAt: placePairs(setup, sortPairs(choices.offsets, choices.ids, COUNT)),
    optimizerAt: placeOptimizer(setup, OPTIMIZERS[2]),
  };
}

/** The addresses of copies of both arrays. */
export function choicesAt(setup: Setup, { offsets, ids }: Lists): [number, number] {
  return [setup.idsAt(offsets), setup.idsAt(ids)];
}
