// Signatures of sets of 32-bit elements by MinHash (Broder 1997): hash function h puts all elements into a random order,
// and number h of a signature is the least place that an element of the set has in it.

import { mix, mix4 } from './mix';

/** Hash functions that a set is hashed with at a time: their minima stay in the registers. */
const BLOCK: i32 = 32;

/**
 * Lowers the signatures of sets begin..end to the places of more elements: signatures[s * blocks * 32 + h] becomes the least
 * of itself and of a[h] * y + b[h] (modulo 2^32) over the elements x of set s, with y = mix(x ^ salt). The elements of set s
 * are words[offsets[s]] to words[offsets[s + 1]], and are replaced by their y. `seeds`: b[h] of all `blocks` * 32 functions,
 * then a[h], which are odd.
 *
 * One multiplication is enough of a hash function because the y look random (Mitzenmacher and Vadhan, SODA 2008): for
 * random y the places of one function are independent and uniform.
 */
export function signSets(
  signatures: usize, words: usize, offsets: usize, seeds: usize, salt: u32, blocks: i32, begin: i32, end: i32,
): void {
  const half = <usize>blocks * (BLOCK << 2);
  for (let s = begin; s < end; s++) {
    const first = words + (<usize>load<u32>(offsets + (<usize>s << 2)) << 2);
    const stop = words + (<usize>load<u32>(offsets + (<usize>s << 2), 4) << 2);
    scramble(first, stop, salt);
    const to = signatures + half * s;
    for (let b: usize = 0; b < half; b += BLOCK << 2) lower(to + b, seeds + b, half, first, stop);
  }
}

/** Replaces each x from `at` to `stop` by mix(x ^ salt). */
function scramble(at: usize, stop: usize, salt: u32): void {
  const salts = i32x4.splat(salt);
  for (; at + 16 <= stop; at += 16) v128.store(at, mix4(v128.xor(v128.load(at), salts)));
  for (; at < stop; at += 4) store<u32>(at, mix(load<u32>(at) ^ salt));
}

/** The minima of a block of functions whose seeds are at `seed`. */
function lower(to: usize, seed: usize, half: usize, word: usize, stop: usize): void {
  let m0 = v128.load(to), m1 = v128.load(to, 16), m2 = v128.load(to, 32), m3 = v128.load(to, 48);
  let m4 = v128.load(to, 64), m5 = v128.load(to, 80), m6 = v128.load(to, 96), m7 = v128.load(to, 112);
  for (; word < stop; word += 4) {
    const y = v128.load32_splat(word);
    m0 = i32x4.min_u(m0, place(y, seed, half));
    m1 = i32x4.min_u(m1, place(y, seed + 16, half));
    m2 = i32x4.min_u(m2, place(y, seed + 32, half));
    m3 = i32x4.min_u(m3, place(y, seed + 48, half));
    m4 = i32x4.min_u(m4, place(y, seed + 64, half));
    m5 = i32x4.min_u(m5, place(y, seed + 80, half));
    m6 = i32x4.min_u(m6, place(y, seed + 96, half));
    m7 = i32x4.min_u(m7, place(y, seed + 112, half));
  }
  v128.store(to, m0);
  v128.store(to, m1, 16);
  v128.store(to, m2, 32);
  v128.store(to, m3, 48);
  v128.store(to, m4, 64);
  v128.store(to, m5, 80);
  v128.store(to, m6, 96);
  v128.store(to, m7, 112);
}

/** Where y stands in the orders of the four functions whose seeds are at `seed`. */
// @ts-ignore: decorator
@inline
function place(y: v128, seed: usize, half: usize): v128 {
  return i32x4.add(i32x4.mul(y, v128.load(seed + half)), v128.load(seed));
}
