/** The bands of an index, longest vectors first, and the blocks that each has. */
import { groupBlocks, GROUPING } from './block-groups.ts';
import type { BlockMemory } from './block-memory.ts';
import type { Grouping } from './block-order.ts';
import type { BandState } from './block-state.ts';
import { BAND_RATIO, type Leaf, type PartedBand } from './partition.ts';

/** Lengths from `floor` up, below the floor of the band before. */
export interface Band {
  floor: number;
  /** Where a band has several blocks, which are told apart by direction, lengths must be from `low` to `high`. */
  low: number;
  high: number;
  /** Numbers of blocks, ascending: so a search reads their signatures in the order in which they lie. */
  blocks: number[];
  /** Of a band that has had many blocks. */
  grouping?: Grouping;
}

export class Bands {
  readonly #memory: BlockMemory;
  /** There is always one, whose floor is 0, at the end. */
  #list: Band[] = [{ floor: 0, low: 0, high: Infinity, blocks: [] }];
  readonly #bandOf = new Map<number, Band>();
  /** How many vectors came to a block since its summary was made. Those that left since do not count. */
  readonly #fresh = new Map<number, number>();
  /** Bands and their floors at `mark`, once others were made since. */
  #before: (readonly [Band, number])[] | undefined;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  /** Number of bands. */
  get length(): number {
    return this.#list.length;
  }

  /** Number of blocks in all bands. */
  get blockCount(): number {
    return this.#bandOf.size;
  }

  [Symbol.iterator](): IterableIterator<Band> {
    return this.#list.values();
  }

  at(rank: number): Band {
    return this.#list[rank] as Band;
  }

  /** The numbers of all blocks. */
  numbers(): number[] {
    return [...this.#bandOf.keys()];
  }

  /** The band of a block. */
  of(block: number): Band {
    return this.#bandOf.get(block) as Band;
  }

  /** The rank of the band that a length is for. */
  rankFor(length: number): number {
    let [low, high] = [0, this.#list.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle).floor <= length) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Vectors that came to a block since its summary was made. */
  fresh(block: number): number {
    return this.#fresh.get(block) ?? 0;
  }

  /** `count` more vectors have come to a block. */
  cameTo(block: number, count: number): void {
    this.#fresh.set(block, this.fresh(block) + count);
  }

  /** A block's summary was made anew. */
  summarized(block: number): void {
    this.#fresh.delete(block);
  }

  /** What `undo` goes back to. */
  mark(): void {
    this.#before = undefined;
  }

  /** Takes back the bands that were made since `mark`. */
  undo(): void {
    if (!this.#before) return;
    this.#list = this.#before.map(([band, floor]) => Object.assign(band, { floor }));
    this.#tellOrder();
  }

  /**
   * A band of blocks by direction takes no other lengths: they get a band between.
   * @throws {RangeError} if there is no room.
   */
  makeFor(length: number): void {
    const rank = this.rankFor(length);
    const band = this.at(rank);
    if (band.blocks.length < 2 || (length >= band.low && length <= band.high)) return;
    this.#memory.reserveOrder(this.blockCount, this.length + 1);
    this.#before ??= this.#list.map((each) => [each, each.floor] as const);
    if (length > band.high) {
      this.#list.splice(rank, 0, { floor: above(band.high), low: 0, high: Infinity, blocks: [] });
    } else {
      this.#list.splice(rank + 1, 0, { floor: band.floor, low: 0, high: Infinity, blocks: [] });
      band.floor = band.low;
    }
    this.relay();
  }

  /**
   * Groups the blocks of a large band, or groups them anew once many have been made since.
   * @throws {RangeError} if there is no room.
   */
  group(rank: number): void {
    const band = this.at(rank);
    const due = band.grouping ? band.grouping.due <= 0 : band.blocks.length >= GROUPING.from;
    if (!due) return;
    const grouping = groupBlocks(this.#memory, band.blocks);
    const groups = this.#list.reduce(
      (sum, each) => sum + ((each === band ? grouping : each.grouping)?.count ?? 0),
      0,
    );
    this.#memory.reserveGroups(groups);
    band.grouping = grouping;
    this.#tellOrder();
  }

  /** Puts what a block was parted into in its place. `made` has the block of each leaf. */
  replace(
    band: Band,
    block: number | undefined,
    parts: readonly PartedBand[],
    made: ReadonlyMap<Leaf, number>,
  ): void {
    const { grouping } = band;
    const group = grouping?.of.get(block as number);
    if (block !== undefined) this.#release(block);
    const numbersOf = ({ leaves }: PartedBand): number[] =>
      leaves.map((leaf) => made.get(leaf) as number).toSorted((a, b) => a - b);
    if (band.blocks.length >= 2) {
      const numbers = parts.flatMap(numbersOf);
      band.blocks.splice(band.blocks.indexOf(block as number), 1, ...numbers);
      band.blocks = band.blocks.toSorted((a, b) => a - b);
      for (const number of numbers) this.#bandOf.set(number, band);
      if (!grouping) return;
      for (const number of numbers) grouping.of.set(number, group as number);
      grouping.due -= numbers.length;
      return;
    }
    const bands = parts.map((part, i): Band => {
      const floor = i === parts.length - 1 ? band.floor : part.shortest;
      const high = Math.max(part.longest, Math.fround(BAND_RATIO * part.shortest));
      return { floor, low: part.shortest, high, blocks: numbersOf(part) };
    });
    for (const each of bands) for (const number of each.blocks) this.#bandOf.set(number, each);
    this.#list.splice(this.#list.indexOf(band), 1, ...bands);
  }

  /** Gives empty blocks back, joins empty bands, and tells kernels the order. */
  relay(): void {
    for (const band of this.#list) {
      band.blocks = band.blocks.filter((number) => {
        if (this.#memory.count(number) > 0) return true;
        this.#release(number);
        return false;
      });
    }
    // The lengths of an empty band before another empty one become that one's.
    this.#list = this.#list.filter((band, rank) => {
      const next = this.#list[rank + 1];
      return !next || band.blocks.length > 0 || next.blocks.length > 0;
    });
    this.#tellOrder();
  }

  /** Takes bands over, whose blocks are `numbers` in their order, in place of those that there were. */
  restore(states: readonly BandState[], numbers: readonly number[]): void {
    let next = 0;
    this.#bandOf.clear();
    this.#fresh.clear();
    this.#list = states.map(({ floor, low, high, blocks }) => {
      const band = { floor, low, high, blocks: numbers.slice(next, next + blocks.length) };
      next += blocks.length;
      for (const number of band.blocks) this.#bandOf.set(number, band);
      return band;
    });
    this.#tellOrder();
  }

  #release(block: number): void {
    this.#bandOf.get(block)?.grouping?.of.delete(block);
    this.#bandOf.delete(block);
    this.#fresh.delete(block);
    this.#memory.release(block);
  }

  #tellOrder(): void {
    this.#memory.setOrder(this.#list);
  }
}

/** The next 32-bit float after one that is 0 or more. */
function above(length: number): number {
  const bits = new Uint32Array(Float32Array.of(length).buffer);
  bits[0]!++;
  return new Float32Array(bits.buffer)[0] as number;
}
