/** Which families there are, by kind: ours, and those that a user adds. */
import { BoundHasher } from './bound-hasher.ts';
import { crossPolytopeFamily } from './families/cross-polytope.ts';
import { dophFamily } from './families/doph.ts';
import { dwtaFamily } from './families/dwta.ts';
import type { FamilySpec, HashFamily, Hasher, HasherContext } from './family.ts';
import { itqFamily } from './families/itq.ts';
import { learnedFamily } from './families/learned.ts';
import { minHashFamily } from './families/minhash.ts';
import { pStableFamily } from './families/p-stable.ts';
import { simHashFamily } from './families/simhash.ts';
import { weightedMinHashFamily } from './families/weighted-minhash.ts';
import { wtaFamily } from './families/wta.ts';
import { checkNames, checkSpec, quoted } from './vectors/check-flat.ts';

const families = new Map<string, HashFamily>(
  [
    simHashFamily,
    crossPolytopeFamily,
    pStableFamily,
    wtaFamily,
    dwtaFamily,
    minHashFamily,
    dophFamily,
    weightedMinHashFamily,
    itqFamily,
    learnedFamily,
  ].map((family) => [family.kind, family]),
);

/** Makes a family known by its kind. @throws {Error} if there is another of that kind. */
export function registerFamily(family: HashFamily): void {
  const known = families.get(family.kind);
  if (known && known !== family) throw new Error(`There is a hash family '${family.kind}' already.`);
  families.set(family.kind, family);
}

/**
 * The family of a spec.
 * @throws {TypeError} if it is no spec. @throws {RangeError} if it is unknown or the spec's parameters are unknown or out of range.
 */
export function familyOf(spec: FamilySpec): HashFamily {
  checkSpec('A hash family', spec);
  const family = families.get(spec.kind);
  if (!family) {
    throw new RangeError(
      `There is no hash family ${quoted(spec.kind)}; known are ${[...families.keys()].join(', ')}.`,
    );
  }
  const { kind, ...parameters } = spec;
  if (family.options) checkNames(kind, parameters, family.options);
  family.check(spec);
  return family;
}

/**
 * The family of a spec, for whoever gives no lessons.
 * @throws {RangeError} as familyOf does, and if the family learns: untaught it would be a SimHash that promises more.
 */
export function untaughtFamilyOf(spec: FamilySpec): HashFamily {
  const family = familyOf(spec);
  if (!family.learns) return family;
  throw new RangeError(
    `${spec.kind} learns from lessons, which only lsh() of @hashgrad/sparse-nn gives; have simHash().`,
  );
}

/** Coordinates that ids of 32 bits can number. */
const MOST_COORDINATES = 2 ** 32;

/**
 * Binds a spec to a dimension, a seed and an arena.
 * @throws {RangeError} if the spec or a number is out of range, or the arena has no room; nothing is then taken of it.
 */
export function bindHasher(spec: FamilySpec, context: HasherContext): Hasher {
  const { dimensions, tailWidth } = context;
  if (!(Number.isInteger(dimensions) && dimensions >= 1)) {
    throw new RangeError(`Vectors to hash have 1 or more dimensions; got ${dimensions}.`);
  }
  if (!(Number.isInteger(tailWidth) && tailWidth >= 0)) {
    throw new RangeError(`A tail has 0 or more coordinates; got ${tailWidth}.`);
  }
  if (dimensions + tailWidth > MOST_COORDINATES) {
    throw new RangeError(
      `Vectors to hash have up to ${MOST_COORDINATES - tailWidth} dimensions beside a tail of ${tailWidth}; ` +
        `got ${dimensions}.`,
    );
  }
  return new BoundHasher(familyOf(spec).bind(spec, context));
}

/** Probability that two vectors of the given similarity have the same code in one table. */
export function collisionProbability(spec: FamilySpec, similarity: number): number {
  return familyOf(spec).collisionProbability(spec, similarity);
}
