/** What a block's memory holds of its vectors, read from TypeScript; assembly/search/blocks.ts says what lies where. */
import type { Arena } from '../../memory/arena.ts';
import type { BlockShape } from './blocks.ts';

/** Bytes of an entry behind the codes: scale, sum of codes, id and length, a word each. */
const TERMS_BYTES = 16;
const [SCALE, ID, LENGTH] = [0, 2, 3];

/** Reads ids and lengths of a block's vectors. */
export class BlockReader {
  readonly #arena: Arena;
  readonly #shape: BlockShape;
  /** Views of the arena's whole memory, made anew when it has grown. */
  #words = new Uint32Array(0);
  #floats = new Float32Array(0);

  constructor(arena: Arena, shape: BlockShape) {
    this.#arena = arena;
    this.#shape = shape;
  }

  /** The id of the vector in a slot. */
  id(memory: Uint8Array, slot: number): number {
    this.#look();
    return this.#words[this.#termsOf(memory, slot) + ID] as number;
  }

  /** The length of the vector in a slot, rounded up to 32 bits. */
  length(memory: Uint8Array, slot: number): number {
    this.#look();
    return this.#floats[this.#termsOf(memory, slot) + LENGTH] as number;
  }

  /** What the int8 codes of the vector in a slot are to be multiplied with. */
  scale(memory: Uint8Array, slot: number): number {
    this.#look();
    return this.#floats[this.#termsOf(memory, slot) + SCALE] as number;
  }

  /** The first `dimensions` int8 codes of the vector in a slot: a view. */
  codes(memory: Uint8Array, slot: number, dimensions: number): Int8Array {
    const at = this.#entryOf(memory, slot);
    return new Int8Array(memory.buffer, at, dimensions);
  }

  /** Of a block with room for `capacity` vectors, the first `dimensions` coordinates of the vector in a slot, in 32-bit floats, where blocks keep those: a view. */
  row(memory: Uint8Array, capacity: number, slot: number, dimensions: number): Float32Array {
    const { stride } = this.#shape;
    // Rows come after the entries.
    const at = this.#entryOf(memory, capacity) + slot * stride * 4;
    return new Float32Array(memory.buffer, at, dimensions);
  }

  /** Where the four words of a slot's entry are among those of the memory. */
  #termsOf(memory: Uint8Array, slot: number): number {
    return (this.#entryOf(memory, slot) + this.#shape.stride) / 4;
  }

  /** The byte of the memory at which a slot's entry starts. */
  #entryOf(memory: Uint8Array, slot: number): number {
    return memory.byteOffset + slot * (this.#shape.stride + TERMS_BYTES);
  }

  #look(): void {
    const { buffer } = this.#arena.memory;
    if (this.#words.buffer === buffer) return;
    this.#words = new Uint32Array(buffer);
    this.#floats = new Float32Array(buffer);
  }
}
