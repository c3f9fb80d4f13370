import { randomNormal } from 'd3-random';
import { checkSeed, checkWhole } from '../check-options.ts';
import { randomSource } from '../random.ts';
import type { RandomSource } from '../random.ts';

/** A grey picture, row-major: bytes are from 0 to 255, floats from 0 to 1. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array | Float32Array;
}

/** Brightness and contrast of the textures: about one pixel in 45 is cut off at 0 or 1. */
const MEAN = 0.5;
const DEVIATION = 0.22;

/**
 * Square grey textures whose amplitude falls as one over the frequency, as that of photographs does (Field 1987).
 *
 * Each is a sum of noise at wavelengths of 2, 4, 8, ... pixels up to the side. In two dimensions an amplitude of 1/f puts the
 * same variance in every octave, so all are added with the same weight, and the sum is brought to mean 0.5 and standard
 * deviation 0.22 and cut to [0, 1].
 *
 * @param side Pixels, a power of two from 32 on.
 * @throws RangeError for another side, or a count below 1.
 */
export function textures(count: number, side: number, seed: number): GreyImage[] {
  checkWhole(count, 'The number of textures', 1);
  checkWhole(side, "The textures' side", 32, 4096);
  if (!Number.isInteger(Math.log2(side))) {
    throw new RangeError(`The textures' side must be a power of two, but it is ${side}.`);
  }
  const source = randomSource(checkSeed(seed), 'textures');
  return Array.from({ length: count }, () => ({ width: side, height: side, pixels: texture(side, source) }));
}

function texture(side: number, source: RandomSource): Float32Array {
  const normal = randomNormal.source(source)();
  const sum = new Float32Array(side * side);
  for (let cell = 1; cell < side; cell *= 2) addOctave(sum, side, cell, normal);
  const mean = sum.reduce((total, value) => total + value, 0) / sum.length;
  const variance = sum.reduce((total, value) => total + (value - mean) ** 2, 0) / sum.length;
  const scale = DEVIATION / Math.sqrt(variance);
  return sum.map((value) => Math.min(1, Math.max(0, MEAN + (value - mean) * scale)));
}

/** Adds noise with one normal value every `cell` pixels, between them interpolated, wrapping round at the sides. */
function addOctave(sum: Float32Array, side: number, cell: number, normal: () => number): void {
  const cells = side / cell;
  const lattice = Float32Array.from({ length: cells * cells }, normal);
  // Interpolation averages values; dividing by the weights' length gives every pixel the variance 1 all the same.
  const weights = Float32Array.from({ length: cell }, (_, i) => smoothStep((i + 0.5) / cell));
  const length = weights.map((weight) => Math.hypot(weight, 1 - weight));
  for (let y = 0; y < side; y++) {
    const [cy, wy] = [Math.floor(y / cell), weights[y % cell]!];
    const [row, next] = [cy * cells, ((cy + 1) % cells) * cells];
    for (let x = 0; x < side; x++) {
      const [cx, wx] = [Math.floor(x / cell), weights[x % cell]!];
      const cx1 = (cx + 1) % cells;
      const above = lattice[row + cx]! * (1 - wx) + lattice[row + cx1]! * wx;
      const below = lattice[next + cx]! * (1 - wx) + lattice[next + cx1]! * wx;
      sum[y * side + x]! += (above * (1 - wy) + below * wy) / (length[x % cell]! * length[y % cell]!);
    }
  }
}

function smoothStep(t: number): number {
  return t * t * (3 - 2 * t);
}
