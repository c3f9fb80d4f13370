/** From a study to its trials: points, blocks and their order. */
import { randomStream } from '@hashgrad/kernels';
import { type Changes, checkType, unknownPath } from './changes.ts';
import { canonicalJson, pathsOf, sameJson, valuesAt, withValueAt } from './json.ts';
import type { Override } from './overrides.ts';
import type { Config, Json, Point, Trial } from './record.ts';
import type { Study } from './study.ts';

/** A point with what it sets. */
export interface PlannedPoint {
  readonly point: Point;
  readonly config: Config;
}

/** A trial with its address and its block. */
export interface PlannedTrial {
  readonly trial: Trial;
  readonly key: string;
  readonly block: string;
}

/** Trials that stay together on one machine, in their order. */
export interface Block {
  readonly name: string;
  readonly trials: readonly Trial[];
}

/**
 * The points of a study, each once, in the order of its factors.
 *
 * A factor that changes nothing beside the other levels of a point is left out of it: where `dense` computes all units
 * whatever the share, `{ arm: 'dense' }` is one point.
 *
 * @param overrides go before levels: they are set before and after plain ones, which computed ones see, and once more at the
 * end. One of several values is a factor more.
 * @param whole the study with all of its levels, where `study` has only some: what is left out of a point depends on all.
 * @throws {Error} for a path that no point has, and if no point is left.
 */
export function planPoints(
  study: Study,
  overrides: readonly Override[] = [],
  whole: Study = study,
): PlannedPoint[] {
  const all = combinations(study).flatMap((point) =>
    settingsOf(overrides).map(({ levels, changes }) => ({
      levels: point,
      point: { ...point, ...levels },
      changes,
      config: configOf(study, point, changes),
    })),
  );
  if (all.length === 0)
    throw new Error(`The study ${study.name}: no combination of levels is left to measure.`);
  checkPaths(study, overrides, all);
  const factors = Object.fromEntries(
    Object.entries(study.factors).map(([factor, levels]) => [
      factor,
      { ...whole.factors[factor], ...levels },
    ]),
  );
  const points = all.map(({ levels, point, changes, config }): PlannedPoint => {
    const same = (other: Point, otherChanges: Changes): boolean =>
      sameJson(configOf({ ...study, factors }, other, otherChanges), config);
    const idle = (factor: string): boolean => {
      if (!Object.hasOwn(levels, factor)) {
        const values = overrides.find(({ path }) => path === factor)?.values ?? [];
        return values.every((value) => same(levels, { ...changes, [factor]: value }));
      }
      const names = Object.keys(factors[factor] ?? {});
      return names.length > 1 && names.every((name) => same({ ...levels, [factor]: name }, changes));
    };
    return { point: Object.fromEntries(Object.entries(point).filter(([factor]) => !idle(factor))), config };
  });
  return [...new Map(points.map((planned) => [canonicalJson(planned.point), planned])).values()];
}

/** Every combination of the overrides' values: what it changes, and the levels that it adds to a point. */
function settingsOf(overrides: readonly Override[]): { levels: Point; changes: Changes }[] {
  let settings: { levels: Point; changes: Changes }[] = [{ levels: {}, changes: {} }];
  for (const { path, values, texts } of overrides) {
    settings = settings.flatMap(({ levels, changes }) =>
      values.map((value, index) => ({
        levels: values.length === 1 ? levels : { ...levels, [path]: texts[index] as string },
        changes: { ...changes, [path]: value },
      })),
    );
  }
  return settings;
}

/** Every combination of levels that the study wants. */
function combinations(study: Study): Point[] {
  const { factors, combinations: which = 'all', baseline = {} } = study;
  let points: Point[] = [{}];
  for (const [factor, levels] of Object.entries(factors)) {
    points = points.flatMap((point) => Object.keys(levels).map((level) => ({ ...point, [factor]: level })));
  }
  if (typeof which === 'function') return points.filter(which);
  if (which === 'all') return points;
  const missing = Object.keys(factors).find((factor) => baseline[factor] === undefined);
  if (missing !== undefined) {
    throw new Error(
      `The study ${study.name} varies one factor at a time, but its baseline has no level of ${missing}.`,
    );
  }
  return points.filter(
    (point) => Object.entries(point).filter(([factor, level]) => baseline[factor] !== level).length <= 1,
  );
}

function configOf(study: Study, point: Point, changes: Changes): Config {
  const isComputed = ([factor, name]: [string, string]): boolean =>
    typeof study.factors[factor]?.[name] === 'function';
  const levels = Object.entries(point);
  const set = (config: Config): Config => withChanges(config, changes, '--set');
  const setLevels = (before: Config, list: readonly [string, string][]): Config =>
    list.reduce((config, [factor, name]) => {
      const who = `The level ${name} of ${factor}`;
      return withChanges(config, changesOf(study, factor, name, point, config), who);
    }, before);
  // Computed levels come last, and see what all plain ones and the command line have set.
  const plain = levels.filter((level) => !isComputed(level));
  return set(setLevels(set(setLevels(set(study.base), plain)), levels.filter(isComputed)));
}

/** Makes the changes whose paths are there. */
export function withChanges(config: Config, changes: Changes, who: string): Config {
  let result = config;
  for (const [path, value] of Object.entries(changes)) {
    if (checkType(result, path, value, who)) result = withValueAt(result, path, value) ?? result;
  }
  return result;
}

function changesOf(study: Study, factor: string, name: string, point: Point, config: Config): Changes {
  const level = study.factors[factor]?.[name];
  if (typeof level !== 'function') return level ?? {};
  try {
    const changes = level(point, config);
    canonicalJson(changes, 'what it sets');
    return changes;
  } catch (error) {
    throw new Error(`The study ${study.name}: the level ${name} of ${factor}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A path may be missing in some points (they have other selectors), but not in all. */
function checkPaths(
  study: Study,
  overrides: readonly Override[],
  points: readonly { levels: Point; config: Config }[],
): void {
  const configs = points.map(({ config }) => config);
  const known = new Set(configs.flatMap((config) => pathsOf(config)));
  const check = (path: string, who: string): void => {
    if (!known.has(path) && !configs.some((config) => valuesAt(config, path).length > 0)) {
      throw unknownPath(path, configs, who);
    }
  };
  for (const { path } of overrides) check(path, '--set');
  for (const { levels, config } of points) {
    for (const [factor, name] of Object.entries(levels)) {
      // Asked with the whole config: the paths of a computed level are the same.
      for (const path of Object.keys(changesOf(study, factor, name, levels, config))) {
        check(path, `The study ${study.name}: the level ${name} of ${factor}`);
      }
    }
  }
}

/**
 * The blocks of the run: one for each seed, with all points in an order that the seed draws, so that a machine whose speed
 * drifts favours none.
 *
 * @param tuned gives the parameters that tuning found for a point.
 */
export function planRun(
  study: Study,
  points: readonly PlannedPoint[],
  tuned: (point: Point) => Config = () => ({}),
): Block[] {
  return study.seeds.map((seed) => ({
    name: `seed ${seed}`,
    trials: shuffled(points, seed).map(({ point, config }): Trial => {
      const parameters = tuned(point);
      return {
        study: study.name,
        point,
        seed,
        stage: 'run',
        tuned: parameters,
        config: withChanges(config, parameters, 'Tuning'),
      };
    }),
  }));
}

/** The items in an order that depends on the seed alone (Fisher and Yates). */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const order = [...items];
  const random = randomStream(seed, 'order of trials');
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

/** What can be set in some point of a study, with a value that it has. */
export function settable(points: readonly PlannedPoint[]): Map<string, Json> {
  const found = new Map<string, Json>();
  for (const { config } of points) {
    for (const path of pathsOf(config)) {
      if (!found.has(path)) found.set(path, valuesAt(config, path)[0] as Json);
    }
  }
  return found;
}
