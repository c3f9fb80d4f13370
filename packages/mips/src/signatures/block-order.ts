/** In which order blocks are searched, and in which groups the block of a vector is looked for: as kernels read it. */
import { BlockGroups, type Team } from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';

/** The groups of one band. */
export interface Grouping {
  readonly count: number;
  /** `stride` floats a group. */
  readonly centres: Float32Array;
  /** The group of each block. */
  readonly of: Map<number, number>;
  /** Blocks that may still be made until all are grouped anew. */
  due: number;
}

/** What there is to know of a band. */
export interface OrderedBand {
  /** Numbers of its blocks. */
  readonly blocks: readonly number[];
  readonly grouping?: Grouping | undefined;
}

export class BlockOrder implements Disposable {
  /** What kernels that look for a vector's block take. */
  readonly groups: BlockGroups;
  readonly #team: Team;
  readonly #stride: number;
  /** See BlocksFields of the kernels. */
  #order: Int32Array;
  #bands: Int32Array;
  #bandCount = 1;
  /** Groups that there is room for. */
  #room = 0;
  /** See GroupFields of the kernels. */
  #groupBands: Int32Array;
  #starts: Int32Array;
  #members: Int32Array;
  #centres: Float32Array;

  /** One band, which is empty. @throws {RangeError} if there is no room. */
  constructor(team: Team, stride: number) {
    const { arena } = team;
    this.#team = team;
    this.#stride = stride;
    using scratch = new Scratch(arena);
    this.groups = new BlockGroups(arena, scratch.int32(BlockGroups.WORDS));
    this.#order = scratch.int32(0);
    this.#bands = scratch.int32(2);
    this.#groupBands = scratch.int32(2);
    this.#starts = scratch.int32(1);
    this.#members = scratch.int32(0);
    this.#centres = scratch.float32(0);
    scratch.keep();
    this.#layGroups();
  }

  get bytes(): number {
    return this.#views.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** What kernels that search take. */
  get fields(): { readonly order: Int32Array; readonly bands: Int32Array; readonly bandCount: number } {
    return { order: this.#order, bands: this.#bands, bandCount: this.#bandCount };
  }

  /** Makes room for so many blocks and bands. @throws {RangeError} if there is none; all is as it was then. */
  reserve(blocks: number, bands: number): void {
    this.#reserve(blocks, bands, this.#room);
  }

  /** Makes room for so many groups of all the blocks that there is room for. @throws {RangeError} as `reserve`. */
  reserveGroups(groups: number): void {
    this.#reserve(this.#order.length, this.#bands.length - 1, Math.max(this.#room, groups));
  }

  /** Takes nothing of the old arrays before there are all of the new ones: kernels read the old ones until they are told. */
  #reserve(blocks: number, bands: number, groups: number): void {
    using scratch = new Scratch(this.#team.arena);
    const longer = (old: Int32Array, length: number): Int32Array =>
      length <= old.length ? old : scratch.int32(grow(length));
    const floats = groups * this.#stride;
    const order = longer(this.#order, blocks);
    const listed = longer(this.#bands, bands + 1);
    const groupBands = longer(this.#groupBands, bands + 1);
    const starts = longer(this.#starts, groups + 1);
    const members = longer(this.#members, groups > 0 ? blocks : 0);
    const centres = floats <= this.#centres.length ? this.#centres : scratch.float32(floats);
    scratch.keep();
    this.#order = this.#moved(this.#order, order);
    this.#bands = this.#moved(this.#bands, listed);
    this.#groupBands = this.#moved(this.#groupBands, groupBands);
    this.#starts = this.#moved(this.#starts, starts);
    this.#members = this.#moved(this.#members, members);
    this.#centres = this.#moved(this.#centres, centres);
    this.#room = groups;
    this.#layGroups();
  }

  /** Tells kernels the order of blocks, those of each band one after the other, and their groups. Room must have been made. */
  set(bands: readonly OrderedBand[]): void {
    let at = 0;
    let [group, member] = [0, 0];
    for (const [b, { blocks, grouping }] of bands.entries()) {
      this.#bands[b] = at;
      for (const number of blocks) this.#order[at++] = number;
      this.#groupBands[b] = group;
      if (!grouping) continue;
      const lists: number[][] = [];
      for (const number of blocks) (lists[grouping.of.get(number) as number] ??= []).push(number);
      // Groups without blocks are holes of the list, which forEach passes by.
      lists.forEach((list, g) => {
        const centre = grouping.centres.subarray(g * this.#stride, (g + 1) * this.#stride);
        this.#centres.set(centre, group * this.#stride);
        this.#starts[group++] = member;
        for (const number of list) this.#members[member++] = number;
      });
    }
    this.#bands[bands.length] = at;
    this.#groupBands[bands.length] = group;
    this.#starts[group] = member;
    this.#bandCount = bands.length;
  }

  [Symbol.dispose](): void {
    for (const view of [this.groups.record, ...this.#views]) this.#team.arena.free(view);
  }

  get #views(): (Int32Array | Float32Array)[] {
    return [this.#order, this.#bands, this.#groupBands, this.#starts, this.#members, this.#centres];
  }

  #moved<A extends Int32Array | Float32Array>(old: A, made: A): A {
    if (made === old) return old;
    made.set(old);
    this.#team.arena.free(old);
    return made;
  }

  #layGroups(): void {
    const [bands, starts] = [this.#groupBands, this.#starts];
    this.groups.lay({ bands, starts, members: this.#members, centres: this.#centres });
  }
}

/** Room for so many and a quarter more. */
export function grow(count: number): number {
  return Math.max(16, Math.ceil(1.25 * count));
}
