/**
 * Signatures of weight vectors: signs of random projections (SimHash; Charikar, STOC 2002), several of them in a code. They
 * lie as hashers write codes: code t of unit u at t * units + u. Only a search through all signatures puts those of a unit
 * together, and the blocks of an index in @hashgrad/mips the same bytes of sixteen vectors, each as its kernel reads them.
 */
import { simHash, type SimHashSpec } from '@hashgrad/lsh';

/** Bits of a code, at most: two codes make a word. */
export const CODE_BITS = 16;

/** The family whose codes in all tables make a signature of `bits` signs: as many in each code as divide `bits` and fit. */
export function signatureFamily(bits: number): SimHashSpec {
  let inCode = Math.min(bits, CODE_BITS);
  while (bits % inCode !== 0) inCode--;
  return simHash({ bits: inCode, tables: bits / inCode, projection: 'hadamard' });
}
