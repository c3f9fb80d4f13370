/**
 * Draws how often codes are shared against what the laws say, one picture for each kind of similarity: docs/laws-*.svg.
 * Run it by `pnpm --filter @hashgrad/lsh plots`; the same sources give the same pictures.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Arena, Team } from '@hashgrad/kernels';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
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

const team = Team.single(new Arena());
const tables = 250;
/** Draws of a family: 25,000 tables. */
const SEEDS = 100;

interface Facet {
  readonly title: string;
  readonly spec: FamilySpec;
  readonly pairs: Pairs;
}

interface Picture {
  readonly file: string;
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

const PICTURES: readonly Picture[] = [
  {
    file: 'laws-cosine.svg',
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
    file: 'laws-euclidean.svg',
    label: 'distance / width →',
    domain: [0, 8],
    facets: [64, 4, 2].map((cells) => ({
      title: `pStable, 2 of ${cells} cells`,
      spec: pStable({ hashes: 2, tables, width: 1, cells }),
      pairs: distancePairs(64),
    })),
  },
  {
    file: 'laws-jaccard.svg',
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
    file: 'laws-rank.svg',
    label: 'rank similarity →',
    domain: [0, 1],
    facets: [
      { title: 'wta, 2 of 8', spec: full, pairs: ranks },
      { title: 'dwta, 2 of 8', spec: densified, pairs: ranks },
      { title: 'dwta, a quarter non-zero', spec: densified, pairs: sparseRanks },
    ],
  },
];

/** Draws the law as a line and what was measured as circles. */
function draw({ label, domain, facets }: Picture): string {
  const [from, to] = domain;
  const laws = facets.flatMap(({ title, spec }) =>
    Array.from({ length: 201 }, (_, i) => {
      const similarity = from + ((to - from) * i) / 200;
      return { title, similarity, p: collisionProbability(spec, similarity) };
    }),
  );
  const measured = facets.flatMap(({ title, spec, pairs }) => {
    const { hits, draws } = collisions(team, spec, pairs.rows, SEEDS);
    return pairs.similarities
      .map((similarity, i) => ({ title, similarity, p: (hits[i] ?? 0) / draws }))
      .filter(({ similarity }) => similarity <= to);
  });
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    document: document as unknown as Document,
    width: 1000,
    height: 310,
    marginTop: 44,
    marginLeft: 48,
    marginBottom: 40,
    style: { background: 'white', color: '#222', fontSize: '12px' },
    fx: { label: null, domain: facets.map(({ title }) => title), padding: 0.08 },
    x: { label, domain: [from, to], ticks: 5, inset: 6 },
    y: { label: '↑ probability of a shared code', domain: [0, 1], ticks: 5, grid: true },
    marks: [
      Plot.frame({ stroke: '#bbb' }),
      Plot.line(laws, { fx: 'title', x: 'similarity', y: 'p', stroke: '#0072b2', strokeWidth: 1.5 }),
      Plot.dot(measured, { fx: 'title', x: 'similarity', y: 'p', stroke: '#d55e00', r: 4, strokeWidth: 1.5 }),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  // Three decimals are enough, and keep the files alike on all machines.
  return `${svg.outerHTML.replace(/\d+\.\d{4,}/g, (digits) => String(Number(Number(digits).toFixed(3))))}\n`;
}

const docs = join(import.meta.dirname, '..', 'docs');
mkdirSync(docs, { recursive: true });
for (const picture of PICTURES) {
  writeFileSync(join(docs, picture.file), draw(picture));
  console.log(`wrote docs/${picture.file}`);
}
