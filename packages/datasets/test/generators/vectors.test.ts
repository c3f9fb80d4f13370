import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateQueries, generateVectorBatches, generateVectors, vectorLaws } from '../../src/index.ts';
import type { VectorSet } from '../../src/index.ts';

const SIZE = { vectors: 2000, queries: 20, dimensions: 64, seed: 1 };

/** The lengths of the vectors. */
function lengths({ vectors, dimensions }: VectorSet): number[] {
  return Array.from({ length: vectors.length / dimensions }, (_, i) =>
    Math.hypot(...vectors.subarray(i * dimensions, (i + 1) * dimensions)),
  );
}

/** Standard deviation of the logarithms. */
function spread(list: readonly number[]): number {
  const logs = list.map(Math.log);
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  return Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
}

const digest = ({ buffer }: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(buffer as ArrayBuffer))
    .digest('hex')
    .slice(0, 16);

/** Digests of vectors and of queries. */
function bits(law: 'lognormal' | 'clustered' | 'flat', seed: number): string[] {
  const { vectors, queries } = generateVectors(law, { vectors: 500, queries: 20, dimensions: 24, seed });
  return [digest(vectors), digest(queries)];
}

describe('generateVectors', () => {
  it('gives the lengths that laws are named for', () => {
    // Four standard errors of a standard deviation.
    const within = 4 / Math.sqrt(2 * SIZE.vectors);
    expect(Math.abs(spread(lengths(generateVectors('lognormal', SIZE))) / 0.5 - 1)).toBeLessThan(within);
    expect(Math.abs(spread(lengths(generateVectors('low-rank', SIZE))) / 0.5 - 1)).toBeLessThan(within);
    expect(Math.abs(spread(lengths(generateVectors('flat', SIZE))) / 0.1 - 1)).toBeLessThan(within);
    const pareto = lengths(generateVectors('clustered', SIZE));
    expect(Math.min(...pareto)).toBeGreaterThan(0.999);
    expect(Math.max(...pareto)).toBeLessThan(4.001);
    // Above x with probability x^-4.
    const above = pareto.filter((length) => length > 1.5).length / pareto.length;
    const p = 1.5 ** -4;
    expect(Math.abs(above - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / SIZE.vectors));
  });

  it('draws Gaussian coordinates of mean 0 and variance 1', () => {
    const { vectors } = generateVectors('gaussian', SIZE);
    const mean = vectors.reduce((sum, x) => sum + x, 0) / vectors.length;
    const variance = vectors.reduce((sum, x) => sum + x * x, 0) / vectors.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(vectors.length));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / vectors.length));
  });

  it('draws low-rank vectors near a space of 32 dimensions', () => {
    const { vectors } = generateVectors('low-rank', { ...SIZE, vectors: 100, dimensions: 256 });
    const squares = vectors.reduce((sum, x) => sum + x * x, 0);
    const basis: Float64Array[] = [];
    // Gram and Schmidt over the first rows finds the space of the factors, but for the noise.
    for (let i = 0; basis.length < 32; i++) {
      const row = Float64Array.from(vectors.subarray(i * 256, (i + 1) * 256));
      for (const axis of basis) {
        const dot = row.reduce((sum, x, k) => sum + x * axis[k]!, 0);
        for (let k = 0; k < 256; k++) row[k]! -= dot * axis[k]!;
      }
      const length = Math.hypot(...row);
      basis.push(row.map((x) => x / length));
    }
    let inside = 0;
    for (let at = 0; at < vectors.length; at += 256) {
      for (const axis of basis)
        inside += vectors.subarray(at, at + 256).reduce((sum, x, k) => sum + x * axis[k]!, 0) ** 2;
    }
    expect(inside / squares).toBeGreaterThan(0.95);
  });

  it('has the bits that published figures are of', () => {
    expect(bits('lognormal', 1)).toEqual(['a644255fc07a8778', 'bbc13c875bd1cacd']);
    expect(bits('lognormal', 7)).toEqual(['6cdf132a34f382b5', 'c76e39fb352851fd']);
    expect(bits('clustered', 1)).toEqual(['2ce458261bafff58', '77fe645f4a949575']);
    expect(bits('clustered', 7)).toEqual(['b5113cf7347ec32e', '3ac71c8a09d0f0a3']);
    expect(bits('flat', 1)).toEqual(['3ed5d7bc81cec25a', '648042dec085ec7f']);
    expect(bits('flat', 7)).toEqual(['f9cb195b0ff70b90', '85ead078cb18747a']);
  });

  it.each(vectorLaws)('draws %s alike at once, in batches, and more of it', (law) => {
    const whole = generateVectors(law, { ...SIZE, vectors: 1000, dimensions: 8 });
    let from = 0;
    const sizes: number[] = [];
    for (const rows of generateVectorBatches(law, { ...SIZE, vectors: 1000, dimensions: 8 }, 300)) {
      expect(rows).toEqual(whole.vectors.subarray(from, from + rows.length));
      from += rows.length;
      sizes.push(rows.length / 8);
    }
    expect(sizes).toEqual([300, 300, 300, 100]);
    expect(generateQueries(law, { ...SIZE, dimensions: 8 })).toEqual(whole.queries);
    const less = generateVectors(law, { ...SIZE, vectors: 10, queries: 3, dimensions: 8 });
    expect(whole.vectors.subarray(0, 80)).toEqual(less.vectors);
    expect(whole.queries.subarray(0, 24)).toEqual(less.queries);
    expect(generateVectors(law, { ...SIZE, seed: 2 }).vectors[0]).not.toBe(whole.vectors[0]);
  });

  it('refuses what is no law or number', () => {
    expect(() => generateVectors('round' as 'flat')).toThrow(
      'The law of vectors is one of gaussian, lognormal, flat, clustered, low-rank; got round.',
    );
    expect(() => generateVectors('flat', { vectors: 0 })).toThrow(
      'vectors must be a whole number from 1 to 2147483647, but it is 0.',
    );
    expect(() => generateVectorBatches('flat', {}, 0.5)).toThrow(
      'batch must be a whole number from 1 to 2147483647, but it is 0.5.',
    );
  });
});
