/** The memory that all numeric state lives in, and the kernels that work on it. */
import { Allocator, roundUp } from './allocator.ts';
import type { KernelExports } from '../generated/kernels.ts';
import { occupyMemory, PAGE, type OccupiedMemory } from './memory-pool.ts';
import { checkOptions } from './options.ts';
import { hasRelaxedSimd, program, whyNotShared } from './program.ts';
import { Resource } from './resource.ts';
import type { WasmMemory, WasmModule } from './wasm-types.ts';

const MOST_PAGES = 65536;
/** More than the program's own constants take, which lie below all that an arena gives out. */
const CONSTANTS = 16384;
/** A shared memory starts with so many, and grows. */
const FIRST_PAGES = 16;

/** Kind and size of an arena's memory. */
export interface ArenaOptions {
  /**
   * Memory that threads can share; it grows as needed, up to 4 GiB. Default: wherever the platform can. An unshared
   * memory has a fixed capacity instead, because growing it would make every view of it stale.
   */
  readonly shared?: boolean;
  /**
   * Bytes that the arena can hold, or a few more. Default: 256 MiB of unshared memory (the system commits them only when
   * touched), and as much as the engine allows of shared memory.
   */
  readonly capacity?: number;
  /** Fused multiply-add. Default: wherever the engine has it. Bits differ between with and without. */
  readonly relaxed?: boolean;
}

/** The typed arrays that an arena gives out. */
export type View =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | Int8Array;

/** What an arena holds until it is closed. */
interface Holdings {
  readonly occupied: OccupiedMemory;
  readonly memory: WasmMemory;
  readonly module: WasmModule;
  readonly kernels: KernelExports;
  readonly allocator: Allocator;
  /** What arrays were given out on. A shared memory that grows gets a new buffer object; views of older ones stay valid. */
  readonly buffers: WeakSet<ArrayBufferLike>;
}

/**
 * One WebAssembly memory, its allocator and the kernels bound to it. Arrays are given out zeroed, start at multiples of
 * 64 bytes and never go stale; `free` takes one back, `close` all of them.
 *
 * The memory of a closed arena is used again by a later one. Its arrays are then void: those of unshared memory become
 * empty; those of shared memory show what the later arena writes, and what is written to them damages that. Copy what is
 * to outlive the arena. The same holds for its `memory` and its `kernels`.
 */
export class Arena extends Resource {
  readonly shared: boolean;
  readonly relaxed: boolean;
  /** Dropped when the arena is closed. */
  #holdings: Holdings | undefined;
  /** Bytes that the memory may grow to; undefined for as many as the engine allows. */
  readonly #most: number | undefined;

  /**
   * @throws {RangeError} if `shared` is asked for where the platform cannot, or `capacity` is over 4 GiB.
   * @throws {TypeError} for an option that there is not.
   */
  constructor(options: ArenaOptions = {}) {
    super('This arena');
    checkOptions('An arena', options, { shared: true, relaxed: true, capacity: true });
    const reason = whyNotShared();
    this.shared = options.shared ?? reason === undefined;
    if (this.shared && reason !== undefined) throw new RangeError(`Memory cannot be shared here: ${reason}.`);
    this.relaxed = options.relaxed ?? hasRelaxedSimd();
    if (this.relaxed && !hasRelaxedSimd())
      throw new RangeError('This engine has no relaxed SIMD (fused multiply-add).');
    const { capacity = this.shared ? PAGE * MOST_PAGES : 256 * 2 ** 20 } = options;
    if (!(Number.isFinite(capacity) && capacity > 0 && capacity <= PAGE * MOST_PAGES)) {
      throw new RangeError(`An arena's capacity is from 1 byte to 4 GiB; got ${capacity}.`);
    }
    const pages = Math.min(Math.ceil((capacity + CONSTANTS) / PAGE), MOST_PAGES);
    if (options.capacity !== undefined) this.#most = pages * PAGE;
    const occupied = this.shared ? occupyShared(pages) : occupyMemory(false, pages, pages);
    const { memory } = occupied;
    const module = program(this.shared, this.relaxed);
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    const kernels = instance.exports as unknown as KernelExports;
    // One that is used again may be larger than what was asked for.
    const end = this.shared ? Math.min(memory.buffer.byteLength, pages * PAGE) : pages * PAGE;
    const allocator = new Allocator(roundUp(kernels.firstFreeByte()), end);
    this.#holdings = { occupied, memory, module, kernels, allocator, buffers: new WeakSet() };
  }

  get memory(): WasmMemory {
    return this.#open().memory;
  }

  /** The compiled program, which worker threads instantiate on the same memory. */
  get module(): WasmModule {
    return this.#open().module;
  }

  /** The kernels: they take addresses and lengths and check nothing. */
  get kernels(): KernelExports {
    return this.#open().kernels;
  }

  /** Bytes in use. */
  get usedBytes(): number {
    return this.#open().allocator.usedBytes;
  }

  /** Bytes that the memory spans now; a shared one grows. */
  get bytes(): number {
    return this.#open().allocator.end;
  }

  /** Bytes that are free, in pieces, and those by which the memory may still grow. */
  get freeBytes(): number {
    const { occupied, allocator } = this.#open();
    return allocator.freeBytes + this.#growth(occupied, allocator);
  }

  float32(length: number): Float32Array {
    return new Float32Array(...this.#place(length, 4));
  }

  float64(length: number): Float64Array {
    return new Float64Array(...this.#place(length, 8));
  }

  int32(length: number): Int32Array {
    return new Int32Array(...this.#place(length, 4));
  }

  uint32(length: number): Uint32Array {
    return new Uint32Array(...this.#place(length, 4));
  }

  uint16(length: number): Uint16Array {
    return new Uint16Array(...this.#place(length, 2));
  }

  /** @param zeroed Whether its bytes are 0 at first; else they are anything, which takes less time. Default true. */
  uint8(length: number, zeroed: boolean = true): Uint8Array {
    return new Uint8Array(...this.#place(length, 1, zeroed));
  }

  int8(length: number): Int8Array {
    return new Int8Array(...this.#place(length, 1));
  }

  /**
   * Takes an array back. Its bytes may be given out again: do not use it any more. A closed arena has taken back all of
   * them, so that `free` does nothing there: owners may be closed after their arena.
   * @throws {Error} if the array was taken back before. @throws {TypeError} if it is not the arena's.
   */
  free(view: View): void {
    this.#holdings?.allocator.free(this.address(view));
  }

  /** Whether the array lies in this arena, so that kernels can work on it in place. */
  owns(view: View): boolean {
    const { memory, buffers } = this.#open();
    return view.buffer === memory.buffer || buffers.has(view.buffer);
  }

  /** @throws {TypeError} unless all arrays lie in this arena. */
  check(...views: readonly View[]): void {
    this.checkOpen();
    for (const view of views) this.address(view);
  }

  /** The byte address that kernels take for an array of this arena. @throws {TypeError} for any other array. */
  address(view: View): number {
    if (!this.owns(view))
      throw new TypeError('This array is not in the arena: allocate it there, or copy it.');
    return view.byteOffset;
  }

  /**
   * Other threads work in this memory: closing the arena does not let it be used again before the function that this gives
   * is called.
   * @internal
   */
  holdMemory(): () => void {
    const { occupied } = this.#open();
    occupied.enter();
    return () => occupied.leave();
  }

  /** It gives out nothing more, and another arena may have the memory. */
  protected override release(): void {
    this.#holdings?.occupied.leave();
    this.#holdings = undefined;
  }

  #open(): Holdings {
    this.checkOpen();
    return this.#holdings as Holdings;
  }

  #place(length: number, bytesPerElement: number, zeroed: boolean = true): [ArrayBuffer, number, number] {
    const { occupied, memory, allocator, buffers } = this.#open();
    if (!(Number.isInteger(length) && length >= 0))
      throw new RangeError(`An array has 0 or more elements; got ${length}.`);
    const bytes = length * bytesPerElement;
    let start = allocator.allocate(bytes);
    if (start < 0) {
      this.#grow(bytes);
      start = allocator.allocate(bytes);
    }
    const { buffer } = memory;
    // Not only after growth of this memory: when any shared memory grows, V8 makes new buffer objects for all of them.
    buffers.add(buffer);
    // Pages that nobody has touched are 0, and stay uncommitted until somebody does.
    const stale = Math.min(start + bytes, occupied.used) - start;
    if (zeroed && stale > 0) new Uint8Array(buffer, start, stale).fill(0);
    occupied.used = Math.max(occupied.used, start + bytes);
    return [buffer, start, length];
  }

  /** Bytes by which the memory may still grow. */
  #growth(occupied: OccupiedMemory, allocator: Allocator): number {
    return this.shared ? Math.min(PAGE * occupied.maximum, this.#most ?? Infinity) - allocator.end : 0;
  }

  #grow(bytes: number): void {
    const { occupied, memory, allocator } = this.#open();
    const now = allocator.end;
    const left = this.#growth(occupied, allocator);
    const atEnd = allocator.freeAtEnd;
    const missing = roundUp(Math.max(bytes, 1)) - atEnd;
    // At least an eighth more, so that many small arrays do not grow it page by page.
    const more = Math.ceil(Math.max(missing, now / 8) / PAGE) * PAGE;
    if (missing > left) {
      const fits = Math.max(allocator.largestFree, left + atEnd);
      throw new RangeError(
        `No room for an array of ${bytes} bytes: the arena holds ${this.usedBytes} bytes, and at most ${fits} more fit in one ` +
          `piece (${this.#whyNoMore(occupied)}).`,
      );
    }
    const end = now + Math.min(more, left);
    // A memory that is used again may span more than was given out of it.
    const pages = Math.ceil((end - memory.buffer.byteLength) / PAGE);
    try {
      if (pages > 0) memory.grow(pages);
    } catch {
      throw new RangeError(`The system refused ${bytes} bytes more to an arena of ${now} bytes.`);
    }
    allocator.extend(end);
  }

  #whyNoMore({ maximum }: OccupiedMemory): string {
    if (!this.shared || (this.#most ?? Infinity) <= PAGE * maximum) return 'a larger `capacity` gives more';
    if (maximum === MOST_PAGES) return '32-bit WebAssembly addresses 4 GiB';
    return `this engine lets shared memory grow to ${(maximum * PAGE) / 2 ** 20} MiB`;
  }
}

/**
 * A shared memory that can grow to `most` pages, or as far as the engine lets it: some refuse one that may become 4 GiB, as
 * those of phones do, since they set aside that much address space.
 * @throws {RangeError} if the engine refuses 64 MiB, too.
 */
function occupyShared(most: number): OccupiedMemory {
  for (let maximum = most; ; maximum = Math.ceil(maximum / 2)) {
    try {
      return occupyMemory(true, Math.min(FIRST_PAGES, maximum), maximum);
    } catch (error) {
      if (maximum <= LEAST_PAGES) throw error;
    }
  }
}

const LEAST_PAGES = 1024;
