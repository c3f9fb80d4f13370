/** Numbers that tell rows apart by their bits: what a sample is known by, wherever it comes from. */
import type { Activations } from '../layers/activations.ts';

/** Writes a number of 32 bits for each of the first `batch` rows. */
export function writeRowKeys(input: Activations, batch: number, keys: Uint32Array): void {
  const words = wordsOf(input.values);
  if (input.kind === 'dense') {
    const { width, stride } = input;
    for (let s = 0; s < batch; s++) keys[s] = keyOf(words, s * stride, s * stride + width, SEED);
    return;
  }
  const { ids, offsets } = input;
  for (let s = 0; s < batch; s++) {
    const [from, to] = [offsets[s]!, offsets[s + 1]!];
    keys[s] = keyOf(words, from, to, keyOf(ids, from, to, SEED));
  }
}

const SEED = 0x9747b28c;

/** MurmurHash3 of 32 bits (Appleby 2011) of the words from `from` to below `to`. */
function keyOf(words: Int32Array, from: number, to: number, seed: number): number {
  let hash = seed;
  for (let i = from; i < to; i++) {
    let word = Math.imul(words[i]!, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= 4 * (to - from);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function wordsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}
