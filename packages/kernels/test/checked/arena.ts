/** An arena whose kernels may touch only what is allocated: every access of theirs is looked up. */
import type { KernelExports } from '../../src/generated/kernels.ts';
import { Arena, type View } from '../../src/index.ts';
import { ALIGNMENT } from '../../src/memory/allocator.ts';
import { checkedProgram } from './build.ts';

/** Bytes of an array that were asked for. */
interface Piece {
  readonly start: number;
  readonly bytes: number;
}

/** Overrides what the base class calls before this class is made, so all state is here. */
export class CheckedArena extends Arena {
  /** Ascending. */
  readonly #pieces: Piece[] = [];
  readonly #checked: KernelExports;
  readonly #constants: number;

  private constructor(module: WebAssembly.Module, relaxed: boolean) {
    super({ shared: false, relaxed, capacity: 32 * 2 ** 20 });
    this.#constants = super.kernels.firstFreeByte();
    const access = (at: number, bytes: number, writes: number): void =>
      this.#access(at >>> 0, bytes >>> 0, writes !== 0);
    const instance = new WebAssembly.Instance(module, {
      env: { memory: this.memory as WebAssembly.Memory, access },
    });
    this.#checked = instance.exports as unknown as KernelExports;
    if (this.#checked.firstFreeByte() > this.#constants) {
      throw new Error('The constants of the checked build reach into the memory that the arena gives out.');
    }
  }

  /** An arena for the build with or without fused multiply-add. */
  static async create(relaxed: boolean): Promise<CheckedArena> {
    return new CheckedArena(await checkedProgram(relaxed), relaxed);
  }

  override get kernels(): KernelExports {
    return this.#checked;
  }

  override float32(length: number): Float32Array {
    return this.#note(super.float32(length));
  }

  override float64(length: number): Float64Array {
    return this.#note(super.float64(length));
  }

  override int32(length: number): Int32Array {
    return this.#note(super.int32(length));
  }

  override uint32(length: number): Uint32Array {
    return this.#note(super.uint32(length));
  }

  override uint16(length: number): Uint16Array {
    return this.#note(super.uint16(length));
  }

  override uint8(length: number, zeroed?: boolean): Uint8Array {
    return this.#note(super.uint8(length, zeroed));
  }

  override int8(length: number): Int8Array {
    return this.#note(super.int8(length));
  }

  override free(view: View): void {
    super.free(view);
    const index = this.#pieces.findIndex(({ start }) => start === view.byteOffset);
    this.#pieces.splice(index, 1);
  }

  #note<V extends View>(view: V): V {
    this.#pieces.splice(this.#after(view.byteOffset), 0, { start: view.byteOffset, bytes: view.byteLength });
    return view;
  }

  /** How many pieces start at or before a byte. */
  #after(byte: number): number {
    let [low, high] = [0, this.#pieces.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle] as Piece).start <= byte) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Nothing may be written outside of an array. Reads may go on to the end of its last cache line, which nobody else has, and
   * whose bytes must then not matter; and constants may be read.
   */
  #access(at: number, bytes: number, writes: boolean): void {
    if (bytes === 0 || (!writes && at + bytes <= this.#constants)) return;
    const piece = this.#pieces[this.#after(at) - 1];
    const room = piece ? (writes ? piece.bytes : Math.ceil(piece.bytes / ALIGNMENT) * ALIGNMENT) : 0;
    if (piece && at + bytes <= piece.start + room) return;
    const where = piece
      ? `byte ${at - piece.start} of an array of ${piece.bytes} bytes`
      : `byte ${at}, where there is no array`;
    throw new Error(`A kernel ${writes ? 'writes' : 'reads'} ${bytes} bytes at ${where}.`);
  }
}
