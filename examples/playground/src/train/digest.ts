/** A short name of a network's weights: equal if, and in practice only if, all their bits are. */
import { sha256 } from '@noble/hashes/sha2.js';
import type { Network } from '@hashgrad/sparse-nn';

/** 16 hexadecimal digits in groups of four, of the SHA-256 of all weights and biases, layer by layer. */
export function digestOf(net: Network): string {
  const hash = sha256.create();
  for (const index of net.spec.layers.keys()) {
    const { weights, bias } = net.copyWeights(index);
    for (const { buffer, byteOffset, byteLength } of [weights, bias]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  const hex = Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.slice(0, 16).replace(/(.{4})(?=.)/g, '$1 ');
}
