/** Ways of finding the greatest inner products: levels of a factor, for the measure 'search'. */
import { crossPolytope, type FamilySpec, pStable, simHash } from '@hashgrad/lsh';
import {
  identity,
  l2Alsh,
  type MipsIndexOptions,
  normRanging,
  qnf,
  saAlsh,
  type SearchOptions,
  signAlsh,
  simpleAlsh,
  simpleLsh,
  type TransformSpec,
  xbox,
} from '@hashgrad/mips';
import { median } from 'simple-statistics';
import { valuesAt, withValueAt } from '../engine/json.ts';
import type { Config, Json } from '../engine/record.ts';
import type { Factor } from '../engine/study.ts';
import type { Corpus } from '../tasks/task.ts';

/** An index of this package's, searched with rising effort; plain JSON. */
export interface HashedMethod {
  readonly kind: 'mips';
  /** Options of a `MipsIndex`, but for its dimensions and seed. */
  readonly index: Omit<MipsIndexOptions, 'dimensions' | 'seed'>;
  /** Paths into `index` of lengths that are meant as multiples of the median length of the vectors. */
  readonly inLengths: readonly string[];
  /** The option of a search that `efforts` are of; candidates are a share of the vectors. */
  readonly effort: 'slack' | 'candidates';
  /** In the order of rising cost. */
  readonly efforts: readonly number[];
}

/** How vectors are searched; plain JSON. */
export type SearchMethod =
  | HashedMethod
  /** All vectors are scored; with `int8` by 8-bit copies first. */
  | { readonly kind: 'exact'; readonly int8: boolean }
  /** Candidates by inner products in `rank` dimensions, of which those that hold most are taken. Efforts are shares of the vectors. */
  | { readonly kind: 'lowRank'; readonly rank: number; readonly efforts: readonly number[] }
  /** The graph of usearch, an npm package that must be installed. Efforts are its expansions. */
  | { readonly kind: 'usearch'; readonly efforts: readonly number[] };

const SHARES = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
const SIZE = { bits: 6, tables: 64 };
const SIGNS = simHash({ ...SIZE, projection: 'hadamard' });
const cells = (width: number): FamilySpec => pStable({ hashes: 2, tables: SIZE.tables, width });

function tables(
  transform: TransformSpec,
  family: FamilySpec,
  inLengths: readonly string[] = [],
): HashedMethod {
  return {
    kind: 'mips',
    index: { method: 'tables', transform, family },
    inLengths,
    effort: 'candidates',
    efforts: SHARES,
  };
}

const METHODS: Readonly<Record<string, SearchMethod>> = {
  exact: { kind: 'exact', int8: false },
  'exact+int8': { kind: 'exact', int8: true },
  signatures: {
    kind: 'mips',
    index: {},
    inLengths: [],
    effort: 'slack',
    efforts: [-0.5, 0, 0.5, 1, 1.5, 2],
  },
  'identity+simHash': tables(identity(), SIGNS),
  // The plain hash of distances that the paper of L2-ALSH compares it with.
  'identity+pStable': tables(identity(), cells(2.5), ['family.width']),
  'simpleLsh+simHash': tables(simpleLsh(), SIGNS),
  'simpleLsh+crossPolytope': tables(simpleLsh(), crossPolytope(SIZE)),
  'simpleAlsh+simHash': tables(simpleAlsh({ queryBound: 2 }), SIGNS, ['transform.queryBound']),
  'signAlsh+simHash': tables(signAlsh(), SIGNS),
  'l2Alsh+pStable': tables(l2Alsh(), cells(2.5)),
  'xbox+pStable': tables(xbox(), cells(2.5), ['family.width']),
  'qnf+simHash': tables(qnf(), SIGNS),
  'saAlsh+simHash': tables(saAlsh(), SIGNS),
  'normRanging+simHash': tables(normRanging(), SIGNS),
  'lowRank of 16': { kind: 'lowRank', rank: 16, efforts: [0.0002, 0.001, ...SHARES] },
  usearch: { kind: 'usearch', efforts: [10, 20, 40, 80, 160, 320, 640] },
};

/** All ways of searching, as levels of a factor that sets `method`. */
export const SEARCH_METHODS: Factor = levelsOf(METHODS);

/** The options of a method's index over a corpus. */
export function indexOptions(
  { index, inLengths }: HashedMethod,
  corpus: Corpus,
  seed: number,
): MipsIndexOptions {
  let options = index as unknown as Config;
  const length = inLengths.length === 0 ? 1 : typicalLength(corpus);
  for (const path of inLengths) {
    options = withValueAt(options, path, (valuesAt(options, path)[0] as number) * length) ?? options;
  }
  return { ...(options as Omit<MipsIndexOptions, 'dimensions'>), dimensions: corpus.dimensions, seed };
}

/** The options of a search at an effort, for at least `least` candidates. */
export function searchOptions(
  { effort }: HashedMethod,
  value: number,
  size: number,
  least: number,
): SearchOptions {
  return effort === 'slack' ? { slack: value } : { candidates: Math.max(least, Math.round(value * size)) };
}

/** @throws {Error} for a method whose lengths have no value, or whose efforts are no rising list. */
export function checkHashedMethod(method: HashedMethod): void {
  const { index, inLengths, effort } = method;
  for (const path of inLengths) {
    const [value] = valuesAt(index as unknown as Config, path);
    if (typeof value !== 'number') {
      throw new Error(`method.inLengths names ${path}, but method.index has no number there.`);
    }
  }
  if (effort !== 'slack' && effort !== 'candidates') {
    throw new Error(`method.effort is slack or candidates; got ${JSON.stringify(effort)}.`);
  }
  checkEfforts(method.efforts);
}

/** @throws {TypeError} unless they are numbers, one at least. */
export function checkEfforts(efforts: readonly number[]): void {
  if (Array.isArray(efforts) && efforts.length > 0 && efforts.every((each) => Number.isFinite(each))) return;
  throw new TypeError(`method.efforts is a list of numbers; got ${JSON.stringify(efforts)}.`);
}

function levelsOf(methods: Readonly<Record<string, SearchMethod>>): Factor {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [name, { method: method as unknown as Json }]),
  );
}

/** The median of the vectors' lengths. */
function typicalLength({ vectors, dimensions }: Corpus): number {
  return median(
    Array.from({ length: vectors.length / dimensions }, (_, i) =>
      Math.hypot(...vectors.subarray(i * dimensions, (i + 1) * dimensions)),
    ),
  );
}
