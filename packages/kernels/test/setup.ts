/** What the jobs of jobs.ts are made of. */
import type { Arena, PairsFields, View } from '../src/index.ts';
import { PairsRecord } from '../src/ops/layout.ts';
import { commonEnds, orderPairs, sortPairs } from '../src/reference/index.ts';
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

  /** A copy of the values, or so many zeros. */
  float32(values: ArrayLike<number> | number): Float32Array {
    if (typeof values === 'number') return this.arena.float32(values);
    const array = this.arena.float32(values.length);
    array.set(values);
    return array;
  }

  int32(values: ArrayLike<number> | number): Int32Array {
    if (typeof values === 'number') return this.arena.int32(values);
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
  const pairs = sortPairs(choices.offsets, choices.ids);
  return {
    choices,
    coefficientsAt: setup.floatsAt(floats(random, choices.ids.length)),
    rows,
    rowsAt,
    pairsAt: placePairs(setup, orderPairs(pairs)),
    optimizerAt: placeOptimizer(setup, OPTIMIZERS[2]),
  };
}

/** The addresses of copies of both arrays. */
export function choicesAt(setup: Setup, { offsets, ids }: Lists): [number, number] {
  return [setup.idsAt(offsets), setup.idsAt(ids)];
}

/** How the jobs of RowPairs' kernels divide COUNT rows and samples. */
export const SHIFT: number = 2;
export const BUCKETS: number = Math.ceil(COUNT / 2 ** SHIFT);
export const CHUNKS: number = 5;
/** Tiles of COUNT samples. */
export const TILES: number = Math.ceil(COUNT / 16);

/** Pairs that are counted and placed, and not yet spread over buckets. */
export interface Spreading {
  readonly keys: Float64Array;
  readonly histogram: Int32Array;
  readonly at: number;
  readonly firstsAt: number;
  readonly lists: [
    offsets: number,
    ids: number,
    common: number,
    batch: number,
    chunks: number,
    shift: number,
    buckets: number,
  ];
}

/** Lists of COUNT samples, of which those of a tile end with the same rows. */
export function alikeLists(): Lists {
  const all = Array.from({ length: COUNT }, (_, s) => {
    const own = [0, 1, 2, 3, 4].map((i) => (s * 3 + i * 7) % 20);
    const common = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => 20 + ((i * 5 + (s >> 4)) % 17));
    return [...new Set(own), ...common];
  });
  const offsets = Int32Array.from({ length: COUNT + 1 }, (_, s) => all.slice(0, s).flat().length);
  return { offsets, ids: Int32Array.from(all.flat()) };
}

export function spreading(setup: Setup): Spreading {
  const { arena } = setup;
  const choices = alikeLists();
  const histogram = arena.int32(CHUNKS * BUCKETS);
  const common = setup.idsAt(commonEnds(choices.offsets, choices.ids));
  const given: Spreading['lists'] = [...choicesAt(setup, choices), common, COUNT, CHUNKS, SHIFT, BUCKETS];
  const [at, firstsAt] = [setup.at(histogram), setup.at(arena.int32(BUCKETS + 1))];
  arena.kernels.countPairs(at, ...given, 0, CHUNKS);
  arena.kernels.placePairs(at, firstsAt, CHUNKS, BUCKETS);
  return { keys: arena.float64(choices.ids.length), histogram, at, firstsAt, lists: given };
}

/** Pairs that are spread over buckets, and not yet sorted. */
export interface Sorting {
  readonly pairs: PairsFields;
  readonly pairsAt: number;
  readonly keys: Float64Array;
  readonly firstsAt: number;
  readonly found: Int32Array;
}

export function sorting(setup: Setup): Sorting {
  const { arena } = setup;
  const { keys, at, firstsAt, lists: given } = spreading(setup);
  arena.kernels.spreadPairs(setup.at(keys), at, ...given, 0, CHUNKS);
  return { ...unsorted(setup, keys.length), keys, firstsAt };
}

/** Sorts all buckets; `found` becomes how many rows are in the buckets before each, and the last one how many there are. */
export function sortAll(
  setup: Setup,
  { pairsAt, keys, firstsAt, found }: Pick<Sorting, 'pairsAt' | 'keys' | 'firstsAt' | 'found'>,
): void {
  const { kernels } = setup.arena;
  const scratch = setup.at(setup.arena.uint8(kernels.sortPairsScratchBytes(SHIFT)));
  kernels.sortPairs(pairsAt, setup.at(keys), firstsAt, setup.at(found), SHIFT, 0, BUCKETS, scratch);
  let before = 0;
  for (const [b, rows] of found.entries()) {
    found[b] = before;
    before += rows;
  }
}

/** Pairs whose rows are in the order of visits, and not yet in their places. */
export function ordering(setup: Setup): {
  readonly ordered: PairsFields;
  readonly orderedAt: number;
  readonly sortedAt: number;
  readonly orderAt: number;
  readonly offsetsAt: number;
  readonly commonAt: number;
  readonly visited: number;
} {
  const { arena } = setup;
  const { keys, at, firstsAt, lists: given } = spreading(setup);
  const [offsetsAt] = given;
  const { pairs, pairsAt, found } = unsorted(setup, keys.length);
  arena.kernels.spreadPairs(setup.at(keys), at, ...given, 0, CHUNKS);
  sortAll(setup, { pairsAt, keys, firstsAt, found });
  arena.kernels.packRows(pairsAt, setup.at(keys), firstsAt, setup.at(found), 0, BUCKETS);
  const visited = found[BUCKETS]!;
  pairs.starts[visited] = new Int32Array(arena.memory.buffer, firstsAt, BUCKETS + 1)[BUCKETS]!;
  const { pairs: fields } = unsorted(setup, keys.length);
  const ordered = { ...fields, tiles: arena.int32(COUNT) };
  const orderedAt = setup.at(new PairsRecord(arena, ordered).record);
  const [orderAt, work] = [setup.at(arena.int32(COUNT)), setup.at(arena.int32(COUNT + TILES + 1))];
  arena.kernels.orderPairs(orderedAt, pairsAt, orderAt, visited, COUNT, given[2], work, TILES);
  return { ordered, orderedAt, sortedAt: pairsAt, orderAt, offsetsAt, commonAt: given[2], visited };
}

/** Room for so many pairs, and for how many rows are in each bucket. */
function unsorted(
  setup: Setup,
  count: number,
): { readonly pairs: PairsFields; readonly pairsAt: number; readonly found: Int32Array } {
  const { arena } = setup;
  const pairs = {
    rows: arena.int32(COUNT),
    starts: arena.int32(COUNT + 1),
    positions: arena.int32(count),
    samples: arena.int32(count),
  };
  return { pairs, pairsAt: setup.at(new PairsRecord(arena, pairs).record), found: arena.int32(BUCKETS + 1) };
}
