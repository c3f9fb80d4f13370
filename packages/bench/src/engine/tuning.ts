/** How the best parameters of each arm are looked for: what may be tried, and which settings are drawn. */
import { randomStream } from '@hashgrad/kernels';
import { canonicalJson, valuesAt } from './json.ts';
import type { Config, Json, Point } from './record.ts';

/** Numbers between two ends, for searches that draw. They are rounded to three digits. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** 'log' draws the logarithm evenly. Default 'linear'. */
  readonly scale?: 'linear' | 'log';
  /** Whether only whole numbers are drawn. Default false. */
  readonly whole?: boolean;
}

/** What may be tried of a parameter: values, or a range to draw from. */
export type Candidates = readonly Json[] | Range;

/** What all searches have. */
interface Search {
  /** What to try, by dotted paths into the config. A path that an arm does not have is not tuned for it. */
  readonly parameters: Readonly<Record<string, Candidates | ((point: Point) => Candidates)>>;
  /** The one seed that all trials of tuning have, and from which settings are drawn; none of the study's own. */
  readonly seed: number;
  /** What decides, measured on the validation part. */
  readonly metric: string;
}

/** All combinations. */
export interface GridSearch extends Search {
  readonly search: 'grid';
}

/** So many settings for each arm, drawn at random (Bergstra and Bengio 2012); an arm that has fewer tries all that it has. */
export interface RandomSearch extends Search {
  readonly search: 'random';
  readonly trials: number;
}

/**
 * Successive halving (Jamieson and Talwalkar 2016): `trials` settings are drawn as in a random search and trained for a few
 * `epochs`; the best of them are trained anew for more, and so on, until the last ones have the study's number of epochs.
 */
export interface HalvingSearch extends Search {
  readonly search: 'halving';
  readonly trials: number;
  /** One of so many goes on, with so many times the epochs. Default 2. */
  readonly factor?: number;
}

/** How the best parameters of each arm are looked for. */
export type Tuning = GridSearch | RandomSearch | HalvingSearch;

/** Some trials of successive halving: how many settings are left, and their epochs. */
export interface Rung {
  readonly settings: number;
  readonly epochs: number;
}

/** @throws {Error} for a search that there is not, or one whose numbers make none. */
export function checkTuning(tuning: Tuning, where: string): void {
  const { search } = tuning as { readonly search: string };
  if (!['grid', 'random', 'halving'].includes(search)) {
    throw new Error(`${where}: there is no search "${search}"; there are grid, random and halving.`);
  }
  if (tuning.search !== 'grid' && !(Number.isInteger(tuning.trials) && tuning.trials >= 1)) {
    throw new Error(
      `${where}: a ${search} search has a number of trials, at least 1; got ${JSON.stringify(tuning.trials)}.`,
    );
  }
  if (tuning.search === 'halving' && Object.hasOwn(tuning.parameters, 'epochs')) {
    throw new Error(`${where}: successive halving varies the epochs itself; they are no parameter of it.`);
  }
  if (tuning.search === 'halving' && !(Number.isInteger(tuning.factor ?? 2) && (tuning.factor ?? 2) >= 2)) {
    throw new Error(`${where}: the factor of halving is a whole number of at least 2; got ${tuning.factor}.`);
  }
}

/**
 * The settings that a search tries first for a point, without repetition. Arms with the same candidates are given the same
 * settings.
 *
 * @throws {Error} for a range in a grid, or one whose ends make none.
 */
export function settingsOf(tuning: Tuning, point: Point, config: Config): Config[] {
  const candidates = Object.entries(tuning.parameters)
    .filter(([path]) => valuesAt(config, path).length > 0)
    .map(([path, values]): [string, Candidates] => [
      path,
      checked(typeof values === 'function' ? values(point) : values, path, tuning),
    ]);
  const lists = candidates.filter((each): each is [string, readonly Json[]] => Array.isArray(each[1]));
  const all = lists.length === candidates.length ? gridOf(lists) : undefined;
  if (tuning.search === 'grid' || (all !== undefined && all.length <= tuning.trials)) return all ?? [];
  const draws = candidates.map(([path, values]) => [path, drawer(values, tuning.seed, path)] as const);
  const settings = new Map<string, Config>();
  while (settings.size < tuning.trials) {
    const setting = Object.fromEntries(draws.map(([path, draw]) => [path, draw()]));
    settings.set(canonicalJson(setting), setting);
  }
  return [...settings.values()];
}

/** The rungs of successive halving from `settings` on, for a config that is trained for `epochs`. */
export function rungsOf(settings: number, factor: number, epochs: number): Rung[] {
  let most = 0;
  while (settings >= factor ** (most + 1) && epochs >= factor ** (most + 1)) most++;
  return Array.from({ length: most + 1 }, (_, rung) => ({
    settings: Math.floor(settings / factor ** rung),
    epochs: rung === most ? epochs : Math.max(1, Math.round(epochs / factor ** (most - rung))),
  }));
}

function checked(candidates: Candidates, path: string, { search }: Tuning): Candidates {
  if (isList(candidates)) return candidates;
  const { from, to, scale, whole } = candidates;
  if (search === 'grid') throw new Error(`A grid has values of ${path}, no range: give it a list.`);
  if (!(from < to && Number.isFinite(from) && Number.isFinite(to)) || (scale === 'log' && from <= 0)) {
    throw new Error(
      `The range of ${path} goes from a number to a greater one${scale === 'log' ? ', both above 0' : ''}; got ${from} to ${to}.`,
    );
  }
  if (whole && Math.floor(to) - Math.ceil(from) < 1)
    throw new Error(`The range of ${path} has no two whole numbers.`);
  return candidates;
}

function gridOf(lists: readonly (readonly [string, readonly Json[]])[]): Config[] {
  let settings: Config[] = [{}];
  for (const [path, values] of lists) {
    settings = settings.flatMap((setting) => values.map((value) => ({ ...setting, [path]: value })));
  }
  return settings;
}

/** Draws values of one parameter, whatever the others are. */
function drawer(candidates: Candidates, seed: number, path: string): () => Json {
  const random = randomStream(seed, `tuning ${path}`);
  if (isList(candidates)) return () => candidates[random.integer(candidates.length)] as Json;
  const { from, to, scale, whole } = candidates;
  // Of whole numbers each has its share, up to the next one.
  const [least, end] = whole ? [Math.ceil(from), Math.floor(to) + 1] : [from, to];
  return () => {
    const share = random.uniform();
    const value = scale === 'log' ? least * (end / least) ** share : least + (end - least) * share;
    return whole
      ? Math.min(end - 1, Math.floor(value))
      : Math.min(to, Math.max(from, Number(value.toPrecision(3))));
  };
}

function isList(candidates: Candidates): candidates is readonly Json[] {
  return Array.isArray(candidates);
}
