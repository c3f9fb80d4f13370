/**
 * WebAssembly's objects, as far as our public types name them: its own types come with the DOM's, which programs for
 * servers leave out.
 */

/** A WebAssembly.Memory. */
export interface WasmMemory {
  /** Of a shared memory, a SharedArrayBuffer. */
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB and returns how many there were. */
  grow(pages: number): number;
}

/** A WebAssembly.Module. */
export type WasmModule = object;
