// Random bits from a counter: the stream of a state adds GOLDEN to it for each draw, and mixes.

/** 2^64 over the golden ratio, odd. */
export const GOLDEN: u64 = 0x9e3779b97f4a7c15;

/** The finalizer of splitmix64 (Steele, Lea and Flood, OOPSLA 2014). */
// @ts-ignore: decorator
@inline
export function mix(x: u64): u64 {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}
