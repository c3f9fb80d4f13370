/** A study as a value: its question, what it varies, what it measures, and what its report shows. */
import type { Contrast } from '../analysis/contrasts.ts';
import type { MetricInfo } from '../analysis/metrics.ts';
import type { SectionSpec } from '../report/facts.ts';
import { checkSection } from '../report/options.ts';
import { changed, type Changes } from './changes.ts';
import type { Measure, MeasureDefinition } from './measure.ts';
import type { Config, Point } from './record.ts';
import { checkTuning, type Tuning } from './tuning.ts';
import { checkShape, type KnownNames } from './study-shape.ts';

/**
 * What a level sets, or a function that computes it from the point and the config in which all plain levels are set, and
 * those computed ones whose factors come before.
 */
export type Level = Changes | ((point: Point, config: Config) => Changes);

/** The levels of a factor, by name. */
export type Factor = Readonly<Record<string, Level>>;

/** What a form of a study has of it. */
export interface Size {
  readonly seeds?: readonly number[];
  /** The levels that are left, by factor. */
  readonly levels?: Readonly<Record<string, readonly string[]>>;
  /** What is set in the base. */
  readonly set?: Changes;
}

/** The sizes that every study has: for tests, for a first look, and whole. */
export const SIZES = ['tiny', 'quick', 'full'] as const;

/** The name of a size. */
export type SizeName = (typeof SIZES)[number];

/** A metric of the study's own, computed of what the measure trained or built. */
export interface OwnMetric extends MetricInfo {
  /** Without it the study's own measure gives the metric. */
  of?(subject: unknown): number;
}

/** A study. Make one with {@link defineStudy}. */
export interface Study {
  /** Lower-case words with hyphens: the name of its folder. */
  readonly name: string;
  readonly question: string;
  /** What each trial runs: the name of a measure, or one's own. */
  readonly measure: string | Measure | MeasureDefinition;
  /** What factors vary. */
  readonly base: Config;
  /** Their order is that of tables and labels, too. */
  readonly factors: Readonly<Record<string, Factor>>;
  /**
   * 'all' combinations (default); 'oneAtATime': the baseline, and what differs from it in one factor; or those for which a
   * function holds.
   */
  readonly combinations?: 'all' | 'oneAtATime' | ((point: Point) => boolean);
  /** The levels that others are compared with. */
  readonly baseline?: Point;
  readonly seeds: readonly number[];
  readonly tune?: Tuning;
  /** Names of metrics, the most important one first, or one's own. */
  readonly metrics: readonly (string | OwnMetric)[];
  readonly report?: readonly SectionSpec[];
  readonly contrasts?: readonly Contrast[];
  /**
   * Its forms. What 'full' leaves out runs only where it is named: levels that need files of one's own, or packages that are
   * not installed with this one. A smaller size that is missing is 'full', and without that all that there is.
   */
  readonly sizes?: Readonly<Partial<Record<SizeName, Size>>>;
}

/** The names that there are in a study: all, as the compiler sees to. */
const NAMES: KnownNames = {
  fields: Object.keys({
    name: true,
    question: true,
    measure: true,
    base: true,
    factors: true,
    combinations: true,
    baseline: true,
    seeds: true,
    tune: true,
    metrics: true,
    report: true,
    contrasts: true,
    sizes: true,
  } satisfies Record<keyof Study, true>),
  sizes: SIZES,
  sizeFields: Object.keys({ seeds: true, levels: true, set: true } satisfies Record<keyof Size, true>),
};

/**
 * Checks what can be checked of a study without planning it.
 *
 * @throws {Error} that names the study, what is wrong, and what there is instead.
 */
export function defineStudy<const S extends Study>(study: S): S {
  checkShape(study as unknown as Readonly<Record<string, unknown>>, NAMES);
  const {
    name,
    factors,
    baseline = {},
    seeds,
    metrics,
    report = [],
    contrasts = [],
    sizes = {},
    tune,
  } = study as Study;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new Error(
      `A study's name is made of lower-case letters, digits and hyphens, such as my-study; got "${name}".`,
    );
  }
  const where = `The study ${name}`;
  for (const [factor, levels] of Object.entries(factors)) {
    if (Object.keys(levels).length === 0) throw new Error(`${where}: the factor ${factor} has no levels.`);
  }
  checkSeeds(seeds, where);
  if (metrics.length === 0) throw new Error(`${where} has no metrics.`);
  const names = metrics.map((metric) => (typeof metric === 'string' ? metric : metric.name));
  checkLevels(study, baseline, `${where}: the baseline`);
  for (const { arms, metric } of contrasts) {
    for (const arm of arms) checkLevels(study, arm, `${where}: a contrast`);
    if (!names.includes(metric)) {
      throw new Error(
        `${where}: a contrast is by ${metric}, but the study's metrics are ${names.join(', ')}.`,
      );
    }
  }
  for (const section of report) {
    try {
      checkSection(section);
    } catch (error) {
      throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
    }
  }
  for (const [size, { seeds: fewer, levels = {} }] of Object.entries(sizes)) {
    if (fewer) checkSeeds(fewer, `${where}, size ${size}`);
    for (const [factor, list] of Object.entries(levels)) {
      for (const level of list) checkLevels(study, { [factor]: level }, `${where}: the size ${size}`);
    }
  }
  if (tune) checkTuning(tune, `The tuning of ${name}`);
  if (tune && seeds.includes(tune.seed)) {
    throw new Error(
      `${where} is tuned with the seed ${tune.seed}, which is one of its own: give tuning another.`,
    );
  }
  return study;
}

/** @throws {Error} if `point` names a factor or a level that the study does not have. */
export function checkLevels({ factors }: Pick<Study, 'factors'>, point: Point, who: string): void {
  for (const [factor, level] of Object.entries(point)) {
    const levels = Object.hasOwn(factors, factor) ? factors[factor] : undefined;
    if (levels === undefined) {
      throw new Error(
        `${who} names the factor ${factor}; the factors are ${Object.keys(factors).join(', ')}.`,
      );
    }
    if (!Object.hasOwn(levels, level)) {
      throw new Error(
        `${who} names the level "${level}" of ${factor}; its levels are ${Object.keys(levels).map(quotedLevel).join(', ')}.`,
      );
    }
  }
}

/** A level as the command line takes it: in quotes if there is a comma in it. */
function quotedLevel(name: string): string {
  return name.includes(',') ? `"${name}"` : name;
}

/** @throws {Error} if there are none, or one is out of range or comes twice. */
export function checkSeeds(seeds: readonly number[], where: string): void {
  if (seeds.length === 0) throw new Error(`${where} has no seeds.`);
  for (const [index, seed] of seeds.entries()) {
    if (!(Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff)) {
      throw new RangeError(`${where}: a seed is a whole number from 0 to ${0xffff_ffff}; got ${seed}.`);
    }
    if (seeds.indexOf(seed) !== index) throw new Error(`${where} has the seed ${seed} twice.`);
  }
}

/** A form of a study. */
export function sized(study: Study, name: SizeName): Study {
  const size = study.sizes?.[name] ?? study.sizes?.full;
  if (size === undefined) return study;
  const { seeds = study.seeds, levels = {}, set = {} } = size;
  const factors = Object.fromEntries(
    Object.entries(study.factors).map(([factor, all]) => [
      factor,
      levels[factor] === undefined ? all : keepLevels(all, levels[factor]),
    ]),
  );
  const base = changed(study.base, set, `The size ${name} of ${study.name}`);
  return withoutAbsent({ ...study, seeds, factors, base });
}

/** A study without the comparisons, and without the forms' levels, of levels that it does not have. */
export function withoutAbsent(study: Study): Study {
  const isThere = (point: Point): boolean =>
    Object.entries(point).every(([factor, level]) => Object.hasOwn(study.factors[factor] ?? {}, level));
  const { baseline, contrasts, sizes, ...rest } = study;
  return {
    ...rest,
    ...(baseline && isThere(baseline) && { baseline }),
    ...(contrasts && { contrasts: contrasts.filter(({ arms }) => arms.every(isThere)) }),
    ...(sizes && {
      sizes: Object.fromEntries(
        Object.entries(sizes).map(([name, { levels = {}, ...size }]) => [
          name,
          {
            ...size,
            levels: Object.fromEntries(
              Object.entries(levels).map(([factor, list]) => [
                factor,
                list.filter((level) => isThere({ [factor]: level })),
              ]),
            ),
          },
        ]),
      ),
    }),
  };
}

/** The levels of a factor that are named, in that order. */
export function keepLevels(factor: Factor, names: readonly string[]): Factor {
  return Object.fromEntries(names.map((name) => [name, factor[name] as Level]));
}
