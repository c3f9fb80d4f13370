/** What families' laws are held against: pairs of vectors at all similarities, by the kind of similarity. */
import { Arena, Team } from '@hashgrad/kernels';
import {
  collisionProbability,
  crossPolytope,
  doph,
  dwta,
  type FamilySpec,
  minHash,
  pStable,
  rankSimilarity,
  simHash,
  weightedMinHash,
  wta,
} from '../src/index.ts';
import { collisions } from '../test/collisions.ts';
import {
  cosinePairs,
  distancePairs,
  type Pairs,
  rankPairs,
  setPairs,
  spread,
  weightPairs,
} from '../test/laws.ts';

// Without relaxed SIMD, so that all machines measure the same.
const team = Team.single(new Arena({ relaxed: false }));
const tables = 250;
/** Draws of a family: 25,000 tables. */
const SEEDS = 100;

/** A family with its parameters, and pairs at similarities. */
export interface Facet {
  readonly title: string;
  readonly spec: FamilySpec;
  readonly pairs: Pairs;
}

/** Families of one kind of similarity. */
export interface Picture {
  /** Of its file. */
  readonly name: string;
  /** What the horizontal axis is. */
  readonly label: string;
  readonly domain: readonly [number, number];
  readonly facets: readonly Facet[];
}

const [full, densified] = [wta({ hashes: 2, tables }), dwta({ hashes: 2, tables })];
const ranks = rankPairs(128, full);
/** Zeros between the coordinates make other bins, so other similarities. */
const spreadRows = spread(rankPairs(32, densified)).rows;
const sparseRanks: Pairs = {
  rows: spreadRows,
  similarities: spreadRows.flatMap((x, i) =>
    i % 2 ? [] : [rankSimilarity(x, spreadRows[i + 1] as number[], densified.binSize)],
  ),
};

/** All of them. */
export const PICTURES: readonly Picture[] = [
  {
    name: 'laws-cosine',
    label: 'cosine →',
    domain: [-1, 1],
    facets: [
      { title: 'simHash, 4 bits', spec: simHash({ bits: 4, tables }), pairs: cosinePairs(128) },
      {
        title: 'simHash, 4 bits, hadamard',
        spec: simHash({ bits: 4, tables, projection: 'hadamard' }),
        pairs: cosinePairs(128),
      },
      {
        title: 'simHash, 4 bits, sparse',
        spec: simHash({ bits: 4, tables, projection: 'sparse' }),
        pairs: cosinePairs(128),
      },
      {
        title: 'crossPolytope, 7 bits',
        spec: crossPolytope({ bits: 7, tables, size: 64 }),
        pairs: cosinePairs(128),
      },
    ],
  },
  {
    name: 'laws-euclidean',
    label: 'distance / width →',
    domain: [0, 8],
    facets: [64, 4, 2].map((cells) => ({
      title: `pStable, 2 of ${cells} cells`,
      spec: pStable({ hashes: 2, tables, width: 1, cells }),
      pairs: distancePairs(64),
    })),
  },
  {
    name: 'laws-jaccard',
    label: 'Jaccard similarity →',
    domain: [0, 1],
    facets: [
      {
        title: 'minHash, 2 of 4 bits',
        spec: minHash({ hashes: 2, tables, bits: 4 }),
        pairs: setPairs(300, 200),
      },
      {
        title: 'minHash, 8 of 1 bit',
        spec: minHash({ hashes: 8, tables, bits: 1 }),
        pairs: setPairs(300, 200),
      },
      { title: 'doph, 2 of 4 bits', spec: doph({ hashes: 2, tables, bits: 4 }), pairs: setPairs(300, 200) },
      {
        title: 'weightedMinHash, 2 of 4 bits',
        spec: weightedMinHash({ hashes: 2, tables, bits: 4 }),
        pairs: weightPairs(60, 0.3),
      },
    ],
  },
  {
    name: 'laws-rank',
    label: 'rank similarity →',
    domain: [0, 1],
    facets: [
      { title: 'wta, 2 of 8', spec: full, pairs: ranks },
      { title: 'dwta, 2 of 8', spec: densified, pairs: ranks },
      { title: 'dwta, a quarter non-zero', spec: densified, pairs: sparseRanks },
    ],
  },
];

/** A point of a law, or what was measured at a similarity. */
export interface LawPoint {
  readonly title: string;
  readonly similarity: number;
  /** The probability of a shared code. */
  readonly p: number;
}

/** The laws of a picture's families at 201 similarities. */
export function laws({ domain: [from, to], facets }: Picture): LawPoint[] {
  return facets.flatMap(({ title, spec }) =>
    Array.from({ length: 201 }, (_, i) => {
      const similarity = from + ((to - from) * i) / 200;
      return { title, similarity, p: collisionProbability(spec, similarity) };
    }),
  );
}

/** The shares of 25,000 tables in which pairs had the same code. */
export function measured({ domain: [, to], facets }: Picture): LawPoint[] {
  return facets.flatMap(({ title, spec, pairs }) => {
    const { hits, draws } = collisions(team, spec, pairs.rows, SEEDS);
    return pairs.similarities
      .map((similarity, i) => ({ title, similarity, p: (hits[i] ?? 0) / draws }))
      .filter(({ similarity }) => similarity <= to);
  });
}
