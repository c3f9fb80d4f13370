/** The WASM program: what this engine can run of it, compiled once. */
import { relaxed as relaxedDelta, sharedByte, wasm } from '../generated/program.ts';
import { applyDelta } from './delta.ts';
import type { WasmModule } from './wasm-types.ts';

const compiled = new Map<string, WasmModule>();

/** A module of one function that uses f32x4.relaxed_madd: valid only where the engine has relaxed SIMD. */
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0,
  253, 15, 65, 0, 253, 15, 253, 133, 2, 11,
]);

/** Whether this engine has relaxed SIMD: fused multiply-add, about twice the speed of dense products. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(RELAXED_PROBE);
}

/**
 * Why memory cannot be shared among threads here, or `undefined` where it can. In a browser, sharing needs a page that
 * is cross-origin isolated (COOP and COEP headers).
 */
export function whyNotShared(): string | undefined {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  if (typeof SharedArrayBuffer === 'undefined') {
    if (crossOriginIsolated)
      return 'the page is cross-origin isolated, but this engine has no SharedArrayBuffer';
    return 'SharedArrayBuffer is missing: in a browser the page must be cross-origin isolated (COOP and COEP headers)';
  }
  if (crossOriginIsolated === false) {
    return 'the page is not cross-origin isolated (it needs COOP and COEP headers)';
  }
  return undefined;
}

/** The compiled program, for a shared or an unshared memory, with or without relaxed SIMD. */
export function program(sharedMemory: boolean, relaxed: boolean): WasmModule {
  const key = `${sharedMemory}, ${relaxed}`;
  let module = compiled.get(key);
  if (!module) {
    module = new WebAssembly.Module(programBytes(sharedMemory, relaxed));
    compiled.set(key, module);
  }
  return module;
}

/** One program is embedded; the others are made of it, for they differ little. */
function programBytes(sharedMemory: boolean, relaxed: boolean): Uint8Array<ArrayBuffer> {
  const plain = decode(wasm);
  const bytes = relaxed ? applyDelta(plain, decode(relaxedDelta)) : plain;
  if (sharedMemory) bytes[sharedByte.at] = sharedByte.value;
  return bytes;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
