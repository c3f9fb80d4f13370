/** Reference of bfloat16: the upper halves of 32-bit floats, for what an optimizer keeps. */

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** The number that a bfloat16 stands for: it is the upper half of a 32-bit float. */
export function fromBfloat16(bits: number): number {
  word[0] = bits << 16;
  return float[0];
}

/** The bfloat16 nearest to a finite number, of two that are equally near the even one. */
export function toBfloat16(x: number): number {
  float[0] = x;
  const odd = (word[0] >>> 16) & 1;
  return (word[0] + 0x7fff + odd) >>> 16;
}

/**
 * The bfloat16 below or above a number of 0 or more. Where `random` is uniform from 0 to 65535, the probability of the
 * upper one is the share of the way to it, so that the mean is the number itself.
 */
export function toBfloat16AtRandom(x: number, random: number): number {
  float[0] = x;
  return (word[0] + random) >>> 16;
}

/** A step of an xorshift generator (Marsaglia 2003). */
function xorshift(x: number): number {
  let y = x ^ (x << 13);
  y ^= y >>> 17;
  return y ^ (y << 5);
}

/** A moment's value, in either format. */
export function load(moments: Float32Array | Uint16Array, at: number): number {
  return moments instanceof Uint16Array ? fromBfloat16(moments[at]) : moments[at];
}

/** Generators for one update of one row: the random numbers depend on nothing else. Every fourth element shares one. */
export function generators(row: number, step: number): number[] {
  const seed = Math.imul(row, 0x85ebca6b) + Math.imul(step, 0xc2b2ae35);
  return [0, 1, 2, 3].map((lane) => xorshift(Math.imul(seed + lane, 0x9e3779b1) | 1));
}

/** The next number, from 0 to 65535, for element `j`. */
export function next(random: number[], j: number): number {
  random[j & 3] = xorshift(random[j & 3]);
  return random[j & 3] >>> 16;
}
