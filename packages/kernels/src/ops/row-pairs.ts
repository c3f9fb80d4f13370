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
/** Samples of a batch, at most: keys have room for 2^20 samples and tiles. */
const MOST_SAMPLES = 15 * 2 ** 16;
/** Samples in a tile; see assembly/rows/tiles.ts. */
const TILE = 16;
/** Samples that a tile must have, at least, for what its lists end with to be sorted once. */
const DENSE = 9;
/** Pairs below which it takes longer to wake the other threads than to sort. */
const FEW = 1 << 14;

/**
 * Sorts lists of rows, one for each sample of a batch, and holds what it made of them in the arena: the rows that at least
 * one sample chose, and each one's pairs, in the order of samples. What the lists of samples that follow each other end with alike
 * is sorted only once.
 */
export class RowPairs extends Resource {
  readonly #team: Team;
  readonly #shift: number;
  readonly #buckets: number;
  readonly #chunks: number;
  /** All rows ascend; a pair may stand for one of each of a tile's samples. */
  readonly #sorted: PairsFields;
  /** In the order in which rows are visited, where that is another one. */
  readonly #ordered: PairsFields;
  #sortedRecord: PairsRecord | undefined;
  #orderedRecord: PairsRecord | undefined;
  #isOrdered = false;
  /**
   * Workspace: pairs by bucket; where each chunk's go; where buckets start; how many rows are in the buckets before; what the lists
   * of each tile end with; which row is visited when.
   */
  readonly #keys: Float64Array;
  readonly #histogram: Int32Array;
  readonly #firsts: Int32Array;
  readonly #found: Int32Array;
  readonly #common: Int32Array;
  readonly #order: Int32Array;
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
      this.#keys = keep(arena.float64(capacity));
      this.#sorted = {
        rows: keep(arena.int32(visited)),
        starts: keep(arena.int32(visited + 1)),
        positions: keep(arena.int32(capacity)),
        samples: keep(arena.int32(capacity)),
      };
      const { buffer, byteOffset } = this.#keys;
      this.#ordered = {
        rows: keep(arena.int32(visited)),
        starts: keep(arena.int32(visited + 1)),
        // In place of the keys, which are not needed any more.
        positions: new Int32Array(buffer, byteOffset, capacity),
        samples: new Int32Array(buffer, byteOffset + 4 * capacity, capacity),
        tiles: keep(arena.int32(visited)),
      };
      this.#histogram = keep(arena.int32(this.#chunks * this.#buckets));
      this.#firsts = keep(arena.int32(this.#buckets + 1));
      this.#found = keep(arena.int32(this.#buckets + 1));
      this.#common = keep(arena.int32(Math.ceil(capacity / DENSE)));
      this.#order = keep(arena.int32(visited));
      this.#sortedRecord = new PairsRecord(arena, this.#sorted);
      this.#orderedRecord = new PairsRecord(arena, this.#ordered);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The record that ops read. */
  get record(): Int32Array {
    this.checkOpen();
    return (this.#isOrdered ? this.#orderedRecord : this.#sortedRecord)!.record;
  }

  /** The rows that have a pair, ascending: a view, good until the next sort. */
  get rows(): Int32Array {
    this.checkOpen();
    return this.#sorted.rows.subarray(0, this.#visited);
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
    return this.#visited > 0 ? this.#sorted.rows[this.#visited - 1]! + 1 : 0;
  }

  /**
   * Sorts the lists of `batch` samples, sample s having the distinct rows ids[offsets[s]] ... ids[offsets[s + 1] - 1],
   * both in the arena; the rows are not checked.
   * @throws {RangeError} if there are more samples or pairs than there is room for, or an array has too few elements.
   */
  sort(offsets: Int32Array, ids: Int32Array, batch: number): void {
    this.checkOpen();
    const count = offsets[batch] ?? 0;
    const capacity = this.#sorted.positions.length;
    if (batch > MOST_SAMPLES || count > capacity) {
      throw new RangeError(
        `There is room for ${MOST_SAMPLES} samples and ${capacity} pairs; got ${batch} and ${count}.`,
      );
    }
    checkRoom('RowPairs', 'offsets', offsets, batch + 1);
    checkRoom('RowPairs', 'ids', ids, count);
    const lists = { offsets: this.#address(offsets), ids: this.#address(ids), batch, count };
    const common = this.#commonEnds(lists);
    this.#visited = this.#shift === 0 ? this.#sortAtOnce(lists, common) : this.#sortByBuckets(lists, common);
    this.#isOrdered = this.#arrange(lists, common);
    this.#count = count;
    this.#batch = batch;
  }

  /** The address of what the lists of each tile end with alike, or 0 if that is too little to be worth it. */
  #commonEnds({ offsets, ids, batch, count }: Lists): number {
    const tiles = Math.ceil(batch / TILE);
    // Most samples of so many tiles have no row at all, and there is no room for what each tile has in common.
    if (tiles > this.#common.length) return 0;
    const common = this.#address(this.#common);
    this.#team.run('commonEnds', [common, offsets, ids, batch], tiles, { size: Math.ceil(count / tiles) });
    let saved = 0;
    for (let tile = 0; tile < tiles; tile++) saved += (TILE - 1) * this.#common[tile]!;
    return 4 * saved > count ? common : 0;
  }

  /** Each row is a bucket. Gives how many have a pair. */
  #sortAtOnce(lists: Lists, common: number): number {
    const team = this.#team;
    const { keys, firsts, count } = this.#spread(lists, common);
    const sorted = this.#address(this.#sortedRecord!.record);
    team.run('unpackPairs', [sorted, keys], count, { size: 1 });
    const visited = team.arena.kernels.listRows(sorted, firsts, this.#buckets);
    this.#sorted.starts[visited] = count;
    return visited;
  }

  /** By buckets of rows, and then each of those. Gives how many rows have a pair. */
  #sortByBuckets(lists: Lists, common: number): number {
    const team = this.#team;
    const buckets = this.#buckets;
    const { keys, firsts, chunks, count } = this.#spread(lists, common);
    const [sorted, found] = [this.#address(this.#sortedRecord!.record), this.#address(this.#found)];
    const grain = Math.max(1, Math.ceil(buckets / chunks));
    const scratch = team.arena.kernels.sortPairsScratchBytes(this.#shift);
    team.run('sortPairs', [sorted, keys, firsts, found, this.#shift], buckets, { grain, scratch });
    const visited = accumulate(this.#found, buckets);
    team.run('packRows', [sorted, keys, firsts, found], buckets, { grain });
    this.#sorted.starts[visited] = count;
    return visited;
  }

  /** Spreads the pairs over the buckets, by chunks of the samples; says how many they are. */
  #spread(
    { offsets, ids, batch, count: all }: Lists,
    common: number,
  ): { readonly keys: number; readonly firsts: number; readonly chunks: number; readonly count: number } {
    const team = this.#team;
    const buckets = this.#buckets;
    const chunks = all < FEW ? 1 : this.#chunks;
    const [keys, histogram, firsts] = [this.#keys, this.#histogram, this.#firsts].map((view) =>
      this.#address(view),
    ) as [number, number, number];
    const lists = [offsets, ids, common, batch, chunks, this.#shift, buckets] as const;
    team.run('countPairs', [histogram, ...lists], chunks, { grain: 1 });
    team.arena.kernels.placePairs(histogram, firsts, chunks, buckets);
    team.run('spreadPairs', [keys, histogram, ...lists], chunks, { grain: 1 });
    return { keys, firsts, chunks, count: this.#firsts[buckets]! };
  }

  /** Brings the pairs into the order of visits. False if few are of rows that have a dense tile: they stay as they are. */
  #arrange({ offsets, batch, count }: Lists, common: number): boolean {
    const visited = this.#visited;
    const [ordered, sorted] = [this.#orderedRecord!, this.#sortedRecord!].map(({ record }) =>
      this.#address(record),
    ) as [number, number];
    const [order, work] = [this.#address(this.#order), this.#address(this.#keys)];
    const tiles = Math.min(Math.ceil(batch / TILE), 2 * this.#keys.length - visited - 1);
    const { kernels } = this.#team.arena;
    if (!kernels.orderPairs(ordered, sorted, order, visited, batch, common, work, tiles)) return false;
    const given = [ordered, sorted, order, offsets, batch, common] as const;
    this.#team.run('expandPairs', [...given], visited, { size: Math.ceil(count / visited) });
    return true;
  }

  #address(view: View): number {
    return this.#team.arena.address(view);
  }

  protected override release(): void {
    this.#sortedRecord?.close();
    this.#orderedRecord?.close();
    for (const view of this.#views) this.#team.arena.free(view);
  }
}

/** Lists of rows in the arena: addresses, and how many samples and pairs there are. */
interface Lists {
  readonly offsets: number;
  readonly ids: number;
  readonly batch: number;
  readonly count: number;
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
