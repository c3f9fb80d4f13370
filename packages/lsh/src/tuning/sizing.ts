/** How many hash functions a code and how many tables: from the family's law, before there is anything to measure. */
import { Arena, Team } from '@hashgrad/kernels';
import { nanosecondsOf, type QueryCosts, queryCosts, type QueryWork } from './costs.ts';
import { inclusionProbability } from '../tables/estimators.ts';
import { checkInteger, type FamilySpec, type HashFamily } from '../family.ts';
import { bindHasher, collisionProbability, familyOf } from '../registry.ts';
import { checkNames } from '../vectors/check-flat.ts';
import { closeOwn } from '../vectors/own-team.ts';

/** What `suggestParameters` chooses K and L for. */
export interface SizingOptions {
  /** The spec with so many hash functions a code (K) and tables (L): (bits, tables) => simHash({ bits, tables }). */
  readonly family: (hashes: number, tables: number) => FamilySpec;
  readonly dimensions: number;
  readonly items: number;
  /** What must be found: items of this similarity to the query, in the terms of the family's law. */
  readonly similarity: number;
  /** The share of these that must be, above 0 and below 1. */
  readonly recall: number;
  /**
   * How similar queries are to the other items: those of some pairs drawn at random tell more than one number for all. Some
   * of it is less similar than what must be found. Default: what the family says of vectors that have nothing to do with
   * each other: 0, as for directions at random, and sets that have nothing in common; 1 / binSize of `wta` and `dwta`.
   * Families for the Euclidean distance have no default: at distance 0 all items are the query.
   */
  readonly background?: number | readonly number[];
  /** Collisions that make a candidate, as in a query. Default 1. */
  readonly minCollisions?: number;
  /** The K to consider. Default 1 to 24, as far as the family has them. */
  readonly hashes?: readonly number[];
  /** The largest L to consider. Default 1,000. */
  readonly mostTables?: number;
  /** Multiply-adds of hashing a query. Default K * L * dimensions: Gaussian hyperplanes, dense vectors. */
  readonly hashing?: (hashes: number, tables: number) => number;
  readonly costs?: Partial<QueryCosts>;
}

const MOST_TABLES = 1000;

const OPTIONS = [
  'family',
  'dimensions',
  'items',
  'similarity',
  'recall',
  'background',
  'minCollisions',
  'hashes',
  'mostTables',
  'hashing',
  'costs',
];

/** One way to reach the recall, and what it is expected to cost. */
export interface Sizing extends QueryWork {
  readonly spec: FamilySpec;
  /** K. */
  readonly hashes: number;
  /** L, the least with which the recall is reached. */
  readonly tables: number;
  /** Of items of the similarity asked for, by the law. */
  readonly recall: number;
  /** Of a query, by the costs. */
  readonly nanoseconds: number;
  /** Of HashTables; editable ones take more. */
  readonly bytes: number;
}

/**
 * For each K the fewest tables with which items of the similarity are found with the probability asked for, and what asking
 * them takes; the cheapest first. What it says is as good as `background`: `tune` measures instead.
 * @throws {RangeError} if an option is unknown, out of range or missing, or no K reaches the recall within `mostTables` tables.
 */
export function suggestParameters(options: SizingOptions): Sizing[] {
  using scratch = new ScratchTeam();
  const found = sizingsOn(scratch.team, options);
  if (found.length > 0) return found;
  const { similarity, recall, mostTables = MOST_TABLES } = options;
  throw new RangeError(
    `suggestParameters: no code finds items of similarity ${similarity} with probability ${recall} in ${mostTables} tables ` +
      'or fewer.',
  );
}

/** The same, none of them where no K reaches the recall; families are bound in the memory of a team. */
export function sizingsOn(team: Team, options: SizingOptions): Sizing[] {
  const {
    family,
    dimensions,
    items,
    similarity,
    recall,
    minCollisions = 1,
    mostTables = MOST_TABLES,
  } = options;
  checkNames('suggestParameters', options, OPTIONS);
  const { hashing = (hashes: number, tables: number): number => hashes * tables * dimensions } = options;
  checkInteger('suggestParameters', 'dimensions', dimensions, 1, 2 ** 31 - 1);
  checkInteger('suggestParameters', 'items', items, 1, 2 ** 29);
  checkInteger('suggestParameters', 'mostTables', mostTables, 1, 65_000);
  checkInteger('suggestParameters', 'minCollisions', minCollisions, 1, mostTables);
  if (!(recall > 0 && recall < 1)) {
    throw new RangeError(`suggestParameters: recall is above 0 and below 1; got ${recall}.`);
  }
  const considered = hashesOf(options);
  const costs = queryCosts(dimensions, options.costs);
  const found: Sizing[] = [];
  for (const hashes of considered) {
    const single = family(hashes, 1);
    const likely = collisionProbability(single, similarity);
    const background = backgroundOf(options, single);
    const tables = fewestTables(likely, recall, minCollisions, mostTables);
    if (tables === undefined) continue;
    const mean = (of: (p: number) => number): number =>
      background.reduce((sum, other) => sum + of(collisionProbability(single, other)), 0) / background.length;
    const work = {
      multiplyAdds: hashing(hashes, tables),
      lookups: tables,
      streamed: items * tables * mean((p) => p),
      candidates: items * mean((p) => inclusionProbability(p, tables, minCollisions)),
    };
    found.push({
      spec: family(hashes, tables),
      hashes,
      tables,
      recall: inclusionProbability(likely, tables, minCollisions),
      ...work,
      nanoseconds: nanosecondsOf(work, costs),
      bytes: 4 * tables * (items + bucketsOf(single, dimensions, team) + 1),
    });
  }
  return found.toSorted((a, b) => a.nanoseconds - b.nanoseconds);
}

/** How similar queries are to the other items. @throws {RangeError} if that is not known, or none is less similar. */
function backgroundOf(options: SizingOptions, spec: FamilySpec): readonly number[] {
  const family = familyOf(spec);
  const background = [options.background ?? defaultBackground(family, spec)].flat();
  const distances = family.similarity === 'euclidean';
  const wanted = { name: 'similarity', value: options.similarity };
  checkBackground('suggestParameters', background, wanted, distances);
  return background;
}

function defaultBackground(family: HashFamily, spec: FamilySpec): number {
  const { kind, similarity } = family;
  if (family.background) return family.background(spec);
  if (similarity !== 'euclidean') return 0;
  throw new RangeError(
    `suggestParameters: ${kind} is for distances, of which 0 would say that all items are the query: give the distances ` +
      'of some queries to items drawn at random as background.',
  );
}

/**
 * Refuses a background with which all items would have to be read.
 * @param wanted the similarity, or the distance, of what must be found, and what its option is called.
 * @throws {RangeError} if none of it is less similar than that.
 */
export function checkBackground(
  what: string,
  background: readonly number[],
  wanted: { readonly name: string; readonly value: number },
  distances: boolean,
): void {
  const { name, value } = wanted;
  if (background.length === 0) throw new RangeError(`${what}: background has 1 or more similarities.`);
  // NaN is for the law to refuse.
  if (background.some((each) => !(distances ? each <= value : each >= value))) return;
  const given = background.slice(0, 5).join(', ') + (background.length > 5 ? ', ...' : '');
  throw new RangeError(
    `${what}: background is of items that need not be found, so that some of it is ${distances ? 'above' : 'below'} ` +
      `${name}, ${value}; got ${given}.`,
  );
}

/** The K to consider: of the default ones, those that the family takes. */
function hashesOf({ family, hashes }: SizingOptions): readonly number[] {
  if (hashes) return hashes;
  const known: number[] = [];
  for (let k = 1; k <= 24; k++) {
    try {
      collisionProbability(family(k, 1), 0);
    } catch (error) {
      // Codes have got too long. A family that takes none has something else to say.
      if (known.length > 0 && error instanceof RangeError) break;
      throw error;
    }
    known.push(k);
  }
  return known;
}

/** The least number of tables that includes with probability `recall`, if there is one up to `most`. */
function fewestTables(p: number, recall: number, minCollisions: number, most: number): number | undefined {
  const enough = (tables: number): boolean => inclusionProbability(p, tables, minCollisions) >= recall;
  if (!enough(most)) return undefined;
  let [below, above] = [minCollisions - 1, most];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (enough(middle)) above = middle;
    else below = middle;
  }
  return above;
}

function bucketsOf(spec: FamilySpec, dimensions: number, team: Team): number {
  using hasher = bindHasher(spec, { dimensions, tailWidth: 0, seed: 1, team });
  return hasher.buckets;
}

/** This thread and a memory to bind hashers of one table in, to see how many buckets they have. */
export class ScratchTeam implements Disposable {
  readonly team: Team;

  /** @throws {RangeError} if the system refuses the memory. */
  constructor() {
    try {
      this.team = Team.single(new Arena());
    } catch (error) {
      throw new RangeError(
        `There is no memory to try families in (${(error as Error).message}): close what is not used any more.`,
        { cause: error },
      );
    }
  }

  [Symbol.dispose](): void {
    closeOwn(this.team);
  }
}
