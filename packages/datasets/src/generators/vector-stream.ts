import { randomNormal } from 'd3-random';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** What vectors are drawn from. */
export interface VectorStream {
  /** In [0, 1), of 53 bits. */
  uniform(): number;
  /** From 0 to `below` - 1. */
  integer(below: number): number;
  /** Standard normal. */
  normal(): number;
}

/**
 * The stream called `name` of `seed`. It gives the numbers of the kernels' `randomStream`, by which these vectors were drawn
 * for figures that are published, and which this package does not import.
 */
export function vectorStream(seed: number, name: string): VectorStream {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${name}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  const generator = xoroshiro128plus(hash);
  // The state starts with many zeros or ones; let it mix.
  for (let i = 0; i < 20; i++) generator.next();
  const uniform = (): number => uniformFloat64(generator);
  return {
    uniform,
    integer: (below) => uniformInt(generator, 0, below - 1),
    normal: randomNormal.source(uniform)(),
  };
}
