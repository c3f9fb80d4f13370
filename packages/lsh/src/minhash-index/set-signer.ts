/** Signatures of sets, made by the kernel some hundred sets at a time in memory that is reserved once. */
import { randomStream, signSets, type Team } from '@hashgrad/kernels';
import { stir } from './hash-text.ts';
import { type FlatSets, offsetsOf } from './set-elements.ts';
import { drawSeeds } from '../families/set-codes.ts';

/** Hash functions that the kernel takes at a time. */
const BLOCK = 32;

/** Elements, and minima, that lie in the arena at a time: 256 KiB each. */
const WORDS = 2 ** 16;

/** Sets as indexes take them in: their elements, the keys of their buckets and, if asked for, their signatures. */
export interface SignedSets extends FlatSets {
  /** count x tables: the key of the bucket that set i has in table t is keys[i * tables + t]. */
  readonly keys: Uint32Array;
  /** count x permutations, or nothing. */
  readonly minima: Uint32Array;
}

export interface SignerShape {
  /** Minima of a signature. */
  readonly permutations: number;
  /** Minima that a key is made of. */
  readonly hashes: number;
  readonly tables: number;
  readonly seed: number;
}

export class SetSigner implements Disposable {
  readonly #team: Team;
  readonly #shape: SignerShape;
  readonly #blocks: number;
  /** Sets whose signatures are made at a time. */
  readonly #rows: number;
  readonly #salt: number;
  /** One piece of the arena, so that there is either room for all or nothing to give back. */
  readonly #memory: Uint32Array;
  readonly #seeds: Uint32Array;
  readonly #minima: Uint32Array;
  readonly #offsets: Uint32Array;
  readonly #words: Uint32Array;

  /** @throws {RangeError} if the arena has no room. */
  constructor(team: Team, shape: SignerShape) {
    this.#team = team;
    this.#shape = shape;
    this.#blocks = Math.ceil(shape.permutations / BLOCK);
    const stride = this.#blocks * BLOCK;
    this.#rows = Math.max(16, Math.floor(WORDS / stride));
    const sizes = [2 * stride, this.#rows * stride, this.#rows + 1, WORDS];
    this.#memory = team.arena.uint32(sizes.reduce((sum, size) => sum + size));
    let at = 0;
    const [seeds, minima, offsets, words] = sizes.map((size) => this.#memory.subarray(at, (at += size)));
    this.#seeds = seeds as Uint32Array;
    this.#minima = minima as Uint32Array;
    this.#offsets = offsets as Uint32Array;
    this.#words = words as Uint32Array;
    const random = randomStream(shape.seed, 'minHashIndex');
    this.#salt = random.integer(2 ** 32);
    drawSeeds(this.#seeds, random);
  }

  get bytes(): number {
    return this.#memory.byteLength;
  }

  /** The sets with the keys of their buckets, and with their signatures if `signatures` is true. */
  sign(sets: FlatSets, signatures: boolean): SignedSets {
    const { permutations, hashes, tables } = this.#shape;
    const stride = this.#blocks * BLOCK;
    const keys = new Uint32Array(sets.count * tables);
    const minima = new Uint32Array(signatures ? sets.count * permutations : 0);
    this.#run(sets, (first, live) => {
      for (let i = 0; i < live; i++) {
        writeKeys(this.#minima, i * stride, hashes, keys, (first + i) * tables, tables);
        if (!signatures) continue;
        const row = this.#minima.subarray(i * stride, i * stride + permutations);
        minima.set(row, (first + i) * permutations);
      }
    });
    return { ...sets, keys, minima };
  }

  /** The sets of which these are the signatures, count x permutations, with the keys of their buckets; without elements. */
  fromSignatures(minima: Uint32Array, sizes: Uint32Array): SignedSets {
    const { permutations, hashes, tables } = this.#shape;
    const count = sizes.length;
    const keys = new Uint32Array(count * tables);
    for (let i = 0; i < count; i++) writeKeys(minima, i * permutations, hashes, keys, i * tables, tables);
    return { count, words: new Uint32Array(0), offsets: offsetsOf(sizes), keys, minima };
  }

  [Symbol.dispose](): void {
    this.#team.arena.free(this.#memory);
  }

  /**
   * Calls `each` whenever the signatures of `live` sets from `first` on are in the arena. A set of more elements than fit is
   * taken in several pieces: its signature goes on from one to the next.
   */
  #run({ count, words, offsets }: FlatSets, each: (first: number, live: number) => void): void {
    const stride = this.#blocks * BLOCK;
    let carried = 0;
    for (let s = 0, at = 0; s < count;) {
      const first = s;
      const most = Math.min(this.#rows, count - s);
      this.#minima.fill(0xffffffff, carried * stride, most * stride);
      let rows = 0;
      let used = 0;
      carried = 0;
      while (rows < most && carried === 0) {
        const end = offsets[s + 1] as number;
        const taken = Math.min(end - at, WORDS - used);
        this.#words.set(words.subarray(at, at + taken), used);
        used += taken;
        at += taken;
        this.#offsets[++rows] = used;
        if (at < end) carried = 1;
        else s++;
      }
      this.#call(rows);
      if (s > first) each(first, s - first);
      if (carried === 1) this.#minima.copyWithin(0, (rows - 1) * stride, rows * stride);
    }
  }

  #call(rows: number): void {
    const signatures = this.#minima;
    const sets = { words: this.#words, offsets: this.#offsets };
    const functions = { seeds: this.#seeds, salt: this.#salt, blocks: this.#blocks };
    signSets(this.#team, { signatures, ...sets, ...functions }, rows);
  }
}

/** Writes the keys of a set's buckets: each is a hash of `hashes` minima, from minima[at] on. */
function writeKeys(
  minima: Uint32Array,
  at: number,
  hashes: number,
  keys: Uint32Array,
  to: number,
  tables: number,
): void {
  for (let t = 0; t < tables; t++) {
    let key = 0;
    for (let j = 0; j < hashes; j++) key = stir(key, minima[at++] as number);
    keys[to + t] = key;
  }
}
