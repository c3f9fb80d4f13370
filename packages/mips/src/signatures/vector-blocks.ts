/**
 * Vectors in bands of similar lengths, and in each band in blocks by direction, kept up while vectors come and go: a full
 * block is parted as a B-tree parts its leaves, and nothing is ever built anew. A change is planned first, with all the room
 * that it needs, and then carried out: it happens whole or not at all.
 */
import { BLOCK_SLOTS, routePlaces } from '@hashgrad/kernels';
import type { IdTable } from '@hashgrad/lsh/vectors';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { Incoming } from '../index/searcher.ts';
import { type Band, Bands } from './bands.ts';
import type { BlockMemory, BlockSummary } from './block-memory.ts';
import type { BandState } from './block-state.ts';
import {
  hasStranger,
  type Leaf,
  type PartedBand,
  partByDirection,
  partByLength,
  summaryOf,
} from './partition.ts';
import { type Snapshot, snapshotOf, vectorsAt } from './snapshot.ts';

/** A block's summary is made anew when more than this part of its vectors have come since. */
const FRESH = 0.2;
/** A block has room for so many times the vectors that it is made of. */
const ROOM = 1.1;
/** Vectors that come in at a time: while they do, they are there twice. */
const AT_A_TIME = 2 ** 13;
/** Vectors that come find room for sure where so many times their bytes are free. */
const MUCH = 4;

/** Of so few vectors the lists for kernels, and the block where they wait, are kept from one change to the next. */
const FEW = 16;
/** Lists that a change needs at a time. */
const LISTS = 3;

/** What a change will do once there is room for all of it. */
interface Plan {
  /** Places of vectors on their way in, by the block that they are for. */
  readonly appends: Map<number, number[]>;
  /** What is known of blocks that have grown. */
  readonly summaries: Map<number, BlockSummary>;
  /** Blocks that are parted, and what takes their place. */
  readonly parted: {
    readonly band: Band;
    readonly block: number | undefined;
    readonly bands: PartedBand[];
  }[];
  /** The blocks of all leaves. */
  readonly made: Map<Leaf, number>;
  /** Vectors that are copied. */
  copies: number;
}

export class VectorBlocks implements Disposable {
  readonly memory: BlockMemory;
  readonly #places: IdTable;
  readonly #bands: Bands;
  /** The block where few vectors wait, once there was need of it. */
  #waiting: number | undefined;
  readonly #lists: Int32Array;

  /** Owns the memory from then on. @throws {RangeError} if there is no room; the memory is gone then. */
  constructor(memory: BlockMemory, places: IdTable) {
    this.memory = memory;
    this.#places = places;
    this.#bands = new Bands(memory);
    try {
      this.#lists = memory.team.arena.int32(LISTS * FEW);
    } catch (error) {
      memory[Symbol.dispose]();
      throw error;
    }
  }

  /** Blocks in order. */
  get count(): number {
    return this.#bands.blockCount;
  }

  /** Adds vectors of a flat array under ids that are new: all of them, or none. @throws {RangeError} if there is no room. */
  add(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    const before = this.#mayNotFit(ids.length) ? snapshotOf(this) : undefined;
    for (let first = 0; first < ids.length; first += AT_A_TIME) {
      const last = Math.min(first + AT_A_TIME, ids.length);
      try {
        this.#take({ vectors, lengths, ids }, first, last, new Map());
      } catch (error) {
        this.remove(ids.subarray(0, first));
        if (before && first > 0) this.#goBack(before);
        throw error;
      }
    }
  }

  /** Replaces the vectors of different ids: all of them, or none. @throws {RangeError} if there is no room. */
  update(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    const leaving = new Map<number, number[]>();
    for (const id of ids) {
      const place = this.#places.get(id) as number;
      const number = Math.floor(place / BLOCK_SLOTS);
      const list = leaving.get(number);
      if (list) list.push(place);
      else leaving.set(number, [place]);
    }
    this.#take({ vectors, lengths, ids }, 0, ids.length, leaving);
  }

  /** Takes the vectors of different ids out. It needs no memory. */
  remove(ids: Uint32Array): void {
    let emptied = false;
    for (const id of ids) {
      const place = this.#places.get(id) as number;
      this.#places.delete(id);
      emptied = this.#leave(place) || emptied;
    }
    if (emptied) this.#bands.relay();
  }

  /** Calls back with every place that has a vector, in the order of a search. */
  forEach(visit: (place: number) => void): void {
    for (const { blocks } of this.#bands) {
      for (const number of blocks) {
        const count = this.memory.count(number);
        for (let slot = 0; slot < count; slot++) visit(number * BLOCK_SLOTS + slot);
      }
    }
  }

  /** How vectors are parted, for a file that has them in the order of `forEach`. */
  state(): BandState[] {
    const { memory } = this;
    return Array.from(this.#bands, ({ floor, low, high, blocks }) => ({
      floor,
      low,
      high,
      blocks: blocks.map((number) => ({ count: memory.count(number), summary: memory.summary(number) })),
    }));
  }

  /** Takes vectors that were parted so, where there are none yet. @throws {RangeError} if there is no room. */
  restore(incoming: Incoming, bands: readonly BandState[]): void {
    const { memory } = this;
    const made: number[] = [];
    try {
      const blocks = bands.flatMap((band) => band.blocks);
      memory.reserveOrder(blocks.length, bands.length);
      let first = 0;
      for (const { count, summary } of blocks) {
        const number = memory.allocate(count);
        made.push(number);
        memory.setSummary(number, summary);
        memory.write(number, 0, incoming, first, count);
        memory.setCount(number, count);
        first += count;
      }
    } catch (error) {
      for (const number of made) memory.release(number);
      throw error;
    }
    for (const number of made) {
      for (let slot = 0; slot < memory.count(number); slot++) {
        const place = number * BLOCK_SLOTS + slot;
        this.#places.set(memory.id(place), place);
      }
    }
    this.#bands.restore(bands, made);
  }

  [Symbol.dispose](): void {
    this.memory.team.arena.free(this.#lists);
    this.memory[Symbol.dispose]();
  }

  /** Whether vectors come in several parts of which some may find no room. */
  #mayNotFit(count: number): boolean {
    const { memory } = this;
    return count > AT_A_TIME && memory.team.arena.freeBytes < MUCH * memory.bytesFor(count);
  }

  /**
   * Parts vectors as they were, where there is room for them twice. Otherwise they stay as they are: none is lost, but some of
   * the blocks are less full.
   */
  #goBack(before: Snapshot): void {
    const old = this.#bands.numbers();
    try {
      const places = Int32Array.from(before.ids, (id) => this.#places.get(id) as number);
      this.restore(vectorsAt(this.memory, places, before.ids), before.bands);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return;
    }
    for (const number of old) this.memory.release(number);
  }

  /** Brings vectors first to last in, in place of those that are leaving. */
  #take(
    incoming: Incoming,
    first: number,
    last: number,
    leaving: ReadonlyMap<number, readonly number[]>,
  ): void {
    const { memory } = this;
    const staged: number[] = [];
    const plan: Plan = { appends: new Map(), summaries: new Map(), parted: [], made: new Map(), copies: 0 };
    using scratch = new Scratch(memory.team.arena);
    let lists: { from: Int32Array; to: Int32Array };
    this.#bands.mark();
    try {
      const places = this.#stage(incoming, first, last, staged);
      this.#plan(places, leaving, plan);
      lists = { from: this.#list(0, plan.copies, scratch), to: this.#list(1, plan.copies, scratch) };
      const parts = plan.parted.reduce((sum, { bands }) => sum + bands.length, this.#bands.length);
      memory.reserveOrder(this.#bands.blockCount + plan.made.size, parts);
    } catch (error) {
      for (const number of [...staged, ...plan.made.values()]) memory.release(number);
      this.#bands.undo();
      throw error;
    }
    // From here on nothing needs memory.
    this.#carryOut(plan, leaving, lists);
    for (const number of staged) memory.release(number);
  }

  /** Writes vectors to blocks that are in no order yet. */
  #stage(incoming: Incoming, first: number, last: number, staged: number[]): Int32Array {
    const places = new Int32Array(last - first);
    if (places.length <= FEW) {
      const number = (this.#waiting ??= this.memory.allocate(FEW));
      this.memory.write(number, 0, incoming, first, places.length);
      for (let slot = 0; slot < places.length; slot++) places[slot] = number * BLOCK_SLOTS + slot;
      return places;
    }
    for (let from = first; from < last; from += BLOCK_SLOTS) {
      const count = Math.min(BLOCK_SLOTS, last - from);
      const number = this.memory.allocate(count);
      staged.push(number);
      this.memory.write(number, 0, incoming, from, count);
      for (let slot = 0; slot < count; slot++) places[from - first + slot] = number * BLOCK_SLOTS + slot;
    }
    return places;
  }

  /** Finds out where vectors go, and makes the room for it. */
  #plan(places: Int32Array, leaving: ReadonlyMap<number, readonly number[]>, plan: Plan): void {
    const { memory } = this;
    const groups = this.#route(places);
    for (const [key, list] of groups) {
      const block = typeof key === 'number' ? key : undefined;
      const band = typeof key === 'number' ? this.#bands.of(key) : key;
      const gone = block === undefined ? [] : (leaving.get(block) ?? []);
      const stay = block === undefined ? 0 : memory.count(block) - gone.length;
      if (block !== undefined && stay + list.length <= BLOCK_SLOTS) {
        memory.enlarge(block, stay + list.length);
        plan.appends.set(block, list);
        const fresh = this.#bands.fresh(block) + list.length;
        if (fresh > FRESH * (stay + list.length) || hasStranger(memory, block, list)) {
          plan.summaries.set(block, summaryOf(memory, placesWith(block, memory.count(block), gone, list)));
        }
        plan.copies += list.length;
        continue;
      }
      const all =
        block === undefined ? new Int32Array(list) : placesWith(block, memory.count(block), gone, list);
      const bands = this.#partition(band, all);
      plan.parted.push({ band, block, bands });
      plan.copies += all.length;
      for (const leaf of bands.flatMap(({ leaves }) => leaves)) {
        // Some more find room, so that a block is not soon copied to a larger piece.
        const room = Math.min(BLOCK_SLOTS, Math.ceil(ROOM * leaf.places.length));
        const number = memory.allocate(room);
        plan.made.set(leaf, number);
        memory.setSummary(number, leaf.summary);
      }
    }
  }

  #partition(band: Band, places: Int32Array): PartedBand[] {
    if (band.blocks.length < 2) return partByLength(this.memory, places);
    const leaves = partByDirection(this.memory, places);
    return [{ shortest: band.low, longest: band.high, leaves }];
  }

  /** Places by the block that they are for, or by the band where that has none. */
  #route(places: Int32Array): Map<number | Band, number[]> {
    const { memory } = this;
    using scratch = new Scratch(memory.team.arena);
    const { length } = places;
    const [numbers, bandOf] = [this.#list(0, length, scratch), this.#list(1, length, scratch)];
    const list = this.#list(2, length, scratch);
    list.set(places);
    const lengths = new Float32Array(length);
    for (let i = 0; i < length; i++) lengths[i] = memory.length(places[i] as number);
    for (let i = 0; i < length; i++) this.#bands.makeFor(lengths[i] as number);
    for (let i = 0; i < length; i++) bandOf[i] = this.#bands.rankFor(lengths[i] as number);
    for (const rank of new Set(bandOf)) this.#bands.group(rank);
    const { blocks, groups: nearby } = memory;
    routePlaces(memory.team, { blocks, groups: nearby, places: list, numbers, bandOf }, length);
    const groups = new Map<number | Band, number[]>();
    for (let i = 0; i < length; i++) {
      const number = numbers[i] as number;
      const key = number >= 0 ? number : this.#bands.at(bandOf[i] as number);
      const group = groups.get(key);
      if (group) group.push(places[i] as number);
      else groups.set(key, [places[i] as number]);
    }
    return groups;
  }

  /** List `which` of the arena, with room for `count` numbers. @throws {RangeError} if there is none. */
  #list(which: number, count: number, scratch: Scratch): Int32Array {
    return count <= FEW ? this.#lists.subarray(which * FEW, which * FEW + count) : scratch.int32(count);
  }

  #carryOut(
    plan: Plan,
    leaving: ReadonlyMap<number, readonly number[]>,
    { from, to }: { from: Int32Array; to: Int32Array },
  ): void {
    const { memory } = this;
    const partedBlocks = new Set(plan.parted.map(({ block }) => block));
    for (const [block, gone] of leaving) {
      if (partedBlocks.has(block)) continue;
      // From the end on, so that what closes a gap is not leaving itself.
      for (const place of gone.toSorted((a, b) => b - a)) this.#leave(place);
    }
    let changed = plan.parted.length > 0;
    let copies = 0;
    const copy = (source: number, target: number): void => {
      from[copies] = source;
      to[copies++] = target;
    };
    for (const [block, list] of plan.appends) {
      let count = memory.count(block);
      let longest = memory.longest(block);
      for (const place of list) {
        copy(place, block * BLOCK_SLOTS + count++);
        longest = Math.max(longest, memory.length(place));
      }
      memory.setCount(block, count);
      const summary = plan.summaries.get(block);
      if (summary) {
        memory.setSummary(block, { ...summary, longest: Math.max(longest, summary.longest) });
        this.#bands.summarized(block);
      } else {
        memory.setLongest(block, longest);
        this.#bands.cameTo(block, list.length);
      }
    }
    for (const [leaf, number] of plan.made) {
      const { places } = leaf;
      for (let slot = 0; slot < places.length; slot++) {
        copy(places[slot] as number, number * BLOCK_SLOTS + slot);
      }
      memory.setCount(number, leaf.places.length);
    }
    memory.copyLists(from, to, copies);
    for (let i = 0; i < copies; i++) this.#places.set(memory.id(to[i] as number), to[i] as number);
    for (const { band, block, bands } of plan.parted) this.#bands.replace(band, block, bands, plan.made);
    for (const block of leaving.keys()) changed ||= memory.count(block) === 0;
    if (changed) this.#bands.relay();
  }

  /** Takes the vector at a place out of its block; whether that was the last one. */
  #leave(place: number): boolean {
    const { memory } = this;
    const number = Math.floor(place / BLOCK_SLOTS);
    const count = memory.count(number) - 1;
    const last = number * BLOCK_SLOTS + count;
    if (place !== last) {
      memory.move(last, place);
      this.#places.set(memory.id(place), place);
    }
    memory.setCount(number, count);
    return count === 0;
  }
}

/** The places of a block with `count` vectors but for those that are gone, and then those that come. */
function placesWith(
  block: number,
  count: number,
  gone: readonly number[],
  coming: readonly number[],
): Int32Array {
  const without = new Set(gone);
  const places = new Int32Array(count - gone.length + coming.length);
  let kept = 0;
  for (let place = block * BLOCK_SLOTS; place < block * BLOCK_SLOTS + count; place++) {
    if (!without.has(place)) places[kept++] = place;
  }
  places.set(coming, kept);
  return places;
}
