/** Pairs of vectors at given similarities, for the laws of all families. */
import { randomStream } from '@hashgrad/kernels';
import { type FamilySpec, rankSimilarity } from '../src/index.ts';
import { atCosine, normals } from './vectors.ts';

/** Pairs (vectors 2 i and 2 i + 1 of `rows`), and how similar each is. */
export interface Pairs {
  readonly rows: readonly number[][];
  readonly similarities: readonly number[];
}

function pairsOf(pairs: readonly (readonly [number[], number[], number])[]): Pairs {
  return {
    rows: pairs.flatMap(([x, y]) => [x, y]),
    similarities: pairs.map(([, , similarity]) => similarity),
  };
}

/** Spread out over four times as many coordinates, the others 0. */
export function spread({ rows, similarities }: Pairs): Pairs {
  return { rows: rows.map((row) => row.flatMap((value) => [0, value, 0, 0])), similarities };
}

const COSINES = [-0.8, -0.4, -0.1, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

export function cosinePairs(dimensions: number, cosines: readonly number[] = COSINES): Pairs {
  return pairsOf(
    cosines.map((cosine, i) => {
      const [x = [], other = []] = normals(2, dimensions, 100 + i);
      return [x, atCosine(x, other, cosine, 0.5 + i), cosine];
    }),
  );
}

const DISTANCES = [0.05, 0.2, 0.5, 1, 1.5, 2, 3, 4, 6, 9, 15, 100];

export function distancePairs(dimensions: number): Pairs {
  return pairsOf(
    DISTANCES.map((distance, i) => {
      const [x = [], step = []] = normals(2, dimensions, 200 + i);
      const length = Math.hypot(...step);
      return [x, x.map((value, k) => value + (distance * (step[k] ?? 0)) / length), distance];
    }),
  );
}

/** Sets of some of `dimensions` coordinates, of which a share is in both. */
export function setPairs(dimensions: number, union: number): Pairs {
  return pairsOf(
    Array.from({ length: 11 }, (_, i) => {
      const random = randomStream(300 + i, 'sets');
      const order = Array.from({ length: dimensions }, (__, k) => k);
      for (let k = 0; k < union; k++) {
        const j = k + random.integer(dimensions - k);
        [order[k], order[j]] = [order[j] as number, order[k] as number];
      }
      const shared = Math.round((union * (i + 0.5)) / 11);
      const has = (side: number): number[] => {
        const row = Array.from({ length: dimensions }, () => 0);
        // What is not in both is in x, but for a third.
        for (let k = 0; k < union; k++) {
          if (k < shared || (k % 3 === 0) === (side === 1)) row[order[k] as number] = random.normal() || 1;
        }
        return row;
      };
      return [has(0), has(1), shared / union];
    }),
  );
}

export function weightPairs(dimensions: number, zeros: number): Pairs {
  return pairsOf(
    Array.from({ length: 11 }, (_, i) => {
      const random = randomStream(400 + i, 'weights');
      const weight = (): number => (random.uniform() < zeros ? 0 : Math.exp(2 * random.normal()));
      const x = Array.from({ length: dimensions }, weight);
      const y = x.map((value) =>
        random.uniform() < (i + 1) / 12 ? weight() : value * Math.exp(((i + 1) / 12) * random.normal()),
      );
      // As 32-bit floats, which is what is hashed.
      const [a, b] = [Array.from(Float32Array.from(x)), Array.from(Float32Array.from(y))];
      const sum = (of: (...values: number[]) => number): number =>
        a.reduce((total, value, k) => total + of(value, b[k] ?? 0), 0);
      return [a, b, sum(Math.min) / sum(Math.max)];
    }),
  );
}

/** Vectors that differ by more and more noise; none of their coordinates is 0. */
export function rankPairs(
  dimensions: number,
  spec: FamilySpec,
  zeros: 'absent' | 'values' = 'absent',
): Pairs {
  return pairsOf(
    Array.from({ length: 11 }, (_, i) => {
      const [x = [], noise = []] = normals(2, dimensions, 500 + i);
      const y = x.map((value, k) => value + 0.05 * (i + 0.5) ** 1.7 * (noise[k] ?? 0));
      return [x, y, rankSimilarity(x, y, Number(spec['binSize']), { zeros })];
    }),
  );
}

/** `count` pairs of vectors at the cosine, of normals at `nonZeros` of 128 coordinates each and 0 elsewhere. */
export function pairsAt(cosine: number, nonZeros: number, count = 8): number[][] {
  const random = randomStream(1, 'non-zeros');
  const drawn = normals(2 * count, 128, 2).map((row) => {
    const kept = new Set<number>();
    while (kept.size < nonZeros) kept.add(random.integer(128));
    return row.map((value, k) => (kept.has(k) ? value : 0));
  });
  return drawn.flatMap((x, i) => (i % 2 ? [] : [x, atCosine(x, drawn[i + 1] ?? [], cosine, 1 + i)]));
}

/** Pairs of vectors that differ by noise of a share; their coordinates are positive, or 0 with probability `zeros`. */
export function noisyPairs(noise: number, zeros: number, dimensions: number): number[][] {
  const random = randomStream(1, 'pairs');
  const positive = (): number => Math.abs(random.normal()) + 0.01;
  return Array.from({ length: 8 }, () => {
    const x = Array.from({ length: dimensions }, () => (random.uniform() < zeros ? 0 : positive()));
    const y = x.map((value) => {
      const kept = value !== 0 ? random.uniform() < 0.9 : random.uniform() < 0.1 * (1 - zeros);
      return kept ? Math.abs(value + noise * random.normal()) + 0.01 : 0;
    });
    return zeros === 0 ? [x, x.map((value) => value + noise * random.normal())] : [x, y];
  }).flat();
}
