import { describe, expect, it } from 'vitest';
import { textures } from '../../src/index.ts';
import type { GreyImage } from '../../src/index.ts';

describe('textures', () => {
  it('have the mean 0.5 and the deviation 0.22, but for what was cut off', () => {
    for (const { width, height, pixels } of textures(4, 128, 9)) {
      expect([width, height, pixels.length]).toEqual([128, 128, 128 * 128]);
      expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
      const mean = meanOf([...pixels]);
      const variance = meanOf([...pixels].map((value) => (value - mean) ** 2));
      expect(mean).toBeCloseTo(0.5, 1);
      expect(Math.sqrt(variance)).toBeGreaterThan(0.19);
      expect(Math.sqrt(variance)).toBeLessThan(0.22);
    }
  });

  it('have an amplitude of about one over the frequency', () => {
    // Power along rows falls as f ** -1 where the two-dimensional amplitude falls as 1 / f: the integral over the other
    // frequency takes one power.
    const powers = new Float64Array(64);
    for (const texture of textures(8, 128, 5)) addRowPowers(texture, powers);
    const slope = fittedSlope(
      [2, 3, 4, 6, 8, 12, 16, 24],
      [2, 3, 4, 6, 8, 12, 16, 24].map((f) => powers[f]!),
    );
    expect(slope).toBeGreaterThan(-1.6);
    expect(slope).toBeLessThan(-0.7);
  });

  it('depend on the seed alone', () => {
    expect(textures(2, 32, 1)).toEqual(textures(2, 32, 1));
    expect(textures(1, 32, 1)).not.toEqual(textures(1, 32, 2));
  });

  it.each([
    [0, 64, 'The number of textures must be a whole number from 1'],
    [1, 16, "The textures' side must be a whole number from 32 to 4096, but it is 16."],
    [1, 100, "The textures' side must be a power of two, but it is 100."],
  ])('refuses %i of side %i', (count, side, message) => {
    expect(() => textures(count, side, 1)).toThrow(message);
  });
});

/** Adds the squared amplitude of each whole frequency along all rows, by the sums that define it. */
function addRowPowers({ width, height, pixels }: GreyImage, powers: Float64Array): void {
  const cosines = Float64Array.from({ length: width }, (_, x) => Math.cos((2 * Math.PI * x) / width));
  for (let y = 0; y < height; y += 4) {
    for (let f = 1; f < powers.length; f++) {
      let [real, imaginary] = [0, 0];
      for (let x = 0; x < width; x++) {
        const value = pixels[y * width + x]!;
        real += value * cosines[(f * x) % width]!;
        imaginary += value * cosines[(f * x + width / 4) % width]!;
      }
      powers[f]! += real ** 2 + imaginary ** 2;
    }
  }
}

/** The slope of the straight line closest to (log x, log y). */
function fittedSlope(xs: readonly number[], ys: readonly number[]): number {
  const [u, v] = [xs.map(Math.log), ys.map(Math.log)];
  const [mu, mv] = [meanOf(u), meanOf(v)];
  const covariance = meanOf(u.map((value, i) => (value - mu) * (v[i]! - mv)));
  return covariance / meanOf(u.map((value) => (value - mu) ** 2));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
