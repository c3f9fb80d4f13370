/** The (sample, row) pairs of a batch, sorted by row: the order in which a layer's weights are walked. */
import type { View } from '../memory/arena.ts';
import { type PairsFields, PairsRecord } from './layout.ts';
import { checkRoom } from './room.ts';
import { Resource } from '../memory/resource.ts';
import type { Team } from '../threads/team.ts';

/** Rows, at most, of which each is a bucket: they have no second pass. */
const FEW_ROWS = 2 ** 12;
/** More rows are sorted into about so many buckets first, as many as a thread's first-level cache has places to write to. */
const BUCKET_BITS = 8;
/** Rows of a bucket, at most: what a key has room for. */
const MOST_SHIFT = 12;
/** Samples of a batch, at most: what a key has room for. */
const MOST_SAMPLES = 2 ** 20;
/** Samples in a tile; see assembly/rows/tiles.ts. */
const TILE = 16;
/** Pairs below which it takes longer to wake the other threads than to sort. */
const FEW = 1 << 14;

/**
 * Sorts lists of rows, one for each sample of a batch, and holds what it made of them in the arena: the rows that at least
 * one sample chose, ascending, and each one's pairs, in the order of samples.
 */
export class RowPairs extends Resource {
  #record: PairsRecord | undefined;
  /** The same without visits: no row of the batch has a dense tile. */
  #plain: PairsRecord | undefined;
  #tiled = false;
  readonly #team: Team;
  readonly #shift: number;
  readonly #buckets: number;
  readonly #chunks: number;
  readonly #pairs: PairsFields;
  /** Workspace: pairs by bucket; where each chunk's go; where buckets start; how many rows are in the buckets before. */
  readonly #keys: Float64Array;
  readonly #histogram: Int32Array;
  readonly #firsts: Int32Array;
  readonly #found: Int32Array;
  #visited = 0;
  #count = 0;
  #batch = 0;
  /** All that is to be given back. */
  readonly #views: View[] = [];

  /**
   * Room for `capacity` pairs of rows 0 to `rows` - 1.
   * @throws {RangeError} if the arena has no room for it; nothing is then taken of it.
   */
  constructor(team: Team, rows: number, capacity: number) {
    super('This RowPairs');
    const { arena } = team;
    const bits = Math.ceil(Math.log2(Math.max(1, rows)));
    this.#team = team;
    this.#shift = rows <= FEW_ROWS ? 0 : Math.min(MOST_SHIFT, bits - BUCKET_BITS);
    this.#buckets = Math.ceil(rows / 2 ** this.#shift);
    this.#chunks = team.threads === 1 ? 1 : 4 * team.threads;
    const keep = <V extends View>(view: V): V => {
      this.#views.push(view);
      return view;
    };
    // As many rows have a pair as there are rows, or pairs.
    const visited = Math.min(rows, capacity);
    try {
      this.#pairs = {
        rows: keep(arena.int32(visited)),
        starts: keep(arena.int32(visited + 1)),
        positions: keep(arena.int32(capacity)),
        samples: keep(arena.int32(capacity)),
        visits: keep(arena.int32(2 * visited)),
      };
      this.#keys = keep(arena.float64(capacity));
      this.#histogram = keep(arena.int32(this.#chunks * this.#buckets));
      this.#firsts = keep(arena.int32(this.#buckets + 1));
      this.#found = keep(arena.int32(this.#buckets + 1));
      this.#record = new PairsRecord(arena, this.#pairs);
      this.#plain = new PairsRecord(arena, { ...this.#pairs, visits: undefined });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The record that ops read. */
  get record(): Int32Array {
    this.checkOpen();
    return ((this.#tiled ? this.#record : this.#plain) as PairsRecord).record;
  }

  /** The rows that have a pair, ascending: a view, good until the next sort. */
  get rows(): Int32Array {
    this.checkOpen();
    return this.#pairs.rows.subarray(0, this.#visited);
  }

  /** How many rows have a pair. */
  get visited(): number {
    this.checkOpen();
    return this.#visited;
  }

  /** How many pairs there are. */
  get count(): number {
    this.checkOpen();
    return this.#count;
  }

  /** Samples of the batch that was last sorted. */
  get batch(): number {
    this.checkOpen();
    return this.#batch;
  }

  /** One more than the last row that has a pair; 0 if none has. */
  get bound(): number {
    this.checkOpen();
    return this.#visited > 0 ? (this.#pairs.rows[this.#visited - 1] as number) + 1 : 0;
  }

  /**
   * Sorts the lists of `batch` samples, sample s having the distinct rows ids[offsets[s]] ... ids[offsets[s + 1] - 1],
   * both in the arena; the rows are not checked.
   * @throws {RangeError} if there are more samples or pairs than there is room for, or an array has too few elements.
   */
  sort(offsets: Int32Array, ids: Int32Array, batch: number): void {
    this.checkOpen();
    const count = offsets[batch] ?? 0;
    const capacity = this.#pairs.positions.length;
    if (batch > MOST_SAMPLES || count > capacity) {
      throw new RangeError(
        `There is room for ${MOST_SAMPLES} samples and ${capacity} pairs; got ${batch} and ${count}.`,
      );
    }
    checkRoom('RowPairs', 'offsets', offsets, batch + 1);
    checkRoom('RowPairs', 'ids', ids, count);
    const { kernels } = this.#team.arena;
    this.#visited =
      this.#shift === 0 ? this.#sortAtOnce(offsets, ids, batch) : this.#sortByBuckets(offsets, ids, batch);
    this.#pairs.starts[this.#visited] = count;
    // Numbers of rows by tile, and the rows' tiles, take the place of the keys, which are not needed any more.
    const tiles = Math.min(Math.ceil(batch / TILE), 2 * capacity - this.#visited - 1);
    const [pairs, keys] = [this.#address(this.#record!.record), this.#address(this.#keys)];
    this.#tiled = kernels.orderPairs(pairs, this.#visited, keys, tiles) > 0;
    this.#count = count;
    this.#batch = batch;
  }

  /** Each row is a bucket. Gives how many have a pair. */
  #sortAtOnce(offsets: Int32Array, ids: Int32Array, batch: number): number {
    const team = this.#team;
    const { keys, firsts } = this.#spread(offsets, ids, batch);
    const pairs = this.#address(this.#record!.record);
    team.run('unpackPairs', [pairs, keys], offsets[batch]!, { size: 1 });
    return team.arena.kernels.listRows(pairs, firsts, this.#buckets);
  }

  /** By buckets of rows, and then each of those. Gives how many rows have a pair. */
  #sortByBuckets(offsets: Int32Array, ids: Int32Array, batch: number): number {
    const team = this.#team;
    const buckets = this.#buckets;
    const { keys, firsts, chunks } = this.#spread(offsets, ids, batch);
    const [pairs, found] = [this.#address(this.#record!.record), this.#address(this.#found)];
    const grain = Math.max(1, Math.ceil(buckets / chunks));
    const scratch = team.arena.kernels.sortPairsScratchBytes(this.#shift);
    team.run('sortPairs', [pairs, keys, firsts, found, this.#shift], buckets, { grain, scratch });
    const visited = accumulate(this.#found, buckets);
    team.run('packRows', [pairs, keys, firsts, found], buckets, { grain });
    return visited;
  }

  /** Spreads the pairs over the buckets, by chunks of the samples. */
  #spread(
    offsets: Int32Array,
    ids: Int32Array,
    batch: number,
  ): { readonly keys: number; readonly firsts: number; readonly chunks: number } {
    const team = this.#team;
    const buckets = this.#buckets;
    const chunks = offsets[batch]! < FEW ? 1 : this.#chunks;
    const [keys, histogram, firsts] = [this.#keys, this.#histogram, this.#firsts].map((view) =>
      this.#address(view),
    ) as [number, number, number];
    const lists = [this.#address(offsets), this.#address(ids), batch, chunks, this.#shift, buckets] as const;
    team.run('countPairs', [histogram, ...lists], chunks, { grain: 1 });
    team.arena.kernels.placePairs(histogram, firsts, chunks, buckets);
    team.run('spreadPairs', [keys, histogram, ...lists], chunks, { grain: 1 });
    return { keys, firsts, chunks };
  }

  #address(view: View): number {
    return this.#team.arena.address(view);
  }

  protected override release(): void {
    this.#record?.close();
    this.#plain?.close();
    for (const view of this.#views) this.#team.arena.free(view);
  }
}

/** Turns the first `length` numbers into the sums of those before them, with the sum of all behind them; gives that. */
function accumulate(numbers: Int32Array, length: number): number {
  let before = 0;
  for (let i = 0; i < length; i++) {
    const number = numbers[i] ?? 0;
    numbers[i] = before;
    before += number;
  }
  numbers[length] = before;
  return before;
}
