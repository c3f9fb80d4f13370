/** From what level of a factor on the first arm of a contrast is the better one. */
import type { Point, TrialRecord } from '../engine/record.ts';
import { thousands } from '../format.ts';
import { ownMetrics, type StudyFacts } from './aggregate.ts';
import { compared, type Contrast } from './contrasts.ts';
import { crossing, type Crossing } from './crossing.ts';
import { levelNumber } from './levels.ts';
import { metricInfo, type MetricInfo } from './metrics.ts';
import { pointKey, pointLabel, runsByPoint } from './runs.ts';

/** The crossing of two arms along a factor, at one level of all others. */
export interface FactorCrossing {
  readonly contrast: Contrast;
  readonly metric: MetricInfo;
  readonly factor: string;
  /** Levels of the other factors. */
  readonly where: Point;
  /** The levels that both arms were measured at, ascending. */
  readonly levels: readonly number[];
  /** Seeds that both arms have at all of them. */
  readonly seeds: number;
  readonly crossing: Crossing;
}

/**
 * The crossings of a contrast along `factor`, whose levels are numbers above 0. Fewer than 2 levels, or 2 seeds that have
 * them all, give none.
 */
export function crossings(
  study: StudyFacts,
  contrast: Contrast,
  factor: string,
  records: readonly TrialRecord[],
): FactorCrossing[] {
  const outcomes = compared(study, contrast, runsByPoint(records)).flatMap((outcome) => {
    const level = levelNumber(outcome.where[factor] ?? '');
    const { [factor]: _, ...where } = outcome.where;
    return level === null || level <= 0 || outcome.difference === null ? [] : [{ ...outcome, level, where }];
  });
  return [...Map.groupBy(outcomes, ({ where }) => pointKey(where)).values()].flatMap((group) => {
    const ordered = group.toSorted((a, b) => a.level - b.level);
    const seeds =
      ordered[0]?.seeds.filter((seed) => ordered.every((each) => each.seeds.includes(seed))) ?? [];
    if (ordered.length < 2 || seeds.length < 2) return [];
    const levels = ordered.map(({ level }) => level);
    const bySeed = seeds.map((seed) =>
      ordered.map(({ seeds: own, differences, metric }) => {
        const difference = differences[own.indexOf(seed)] as number;
        return metric.better === 'higher' ? difference : -difference;
      }),
    );
    const where = ordered[0]?.where ?? {};
    return [
      {
        contrast,
        metric: metricInfo(contrast.metric, ownMetrics(study.metrics)),
        factor,
        where,
        levels,
        seeds: seeds.length,
        crossing: crossing(levels, bySeed),
      },
    ];
  });
}

/** The crossing as a sentence: from where on, at all levels, at none of them, or undecided. */
export function crossingSentence(found: FactorCrossing): string {
  const { contrast, metric, factor, where, levels, seeds } = found;
  const [a, b] = contrast.arms.map(pointLabel) as [string, string];
  const place = Object.keys(where).length === 0 ? '' : ` (${pointLabel(where)})`;
  const range = `levels of ${factor} from ${thousands(levels[0] as number)} to ${thousands(levels.at(-1) as number)}`;
  const { at, low, high, everywhere } = found.crossing;
  const told = `${a} is better than ${b} in ${metric.title}${place}`;
  if (everywhere === 'above') return `${told} at all ${range} (${seeds} seeds).`;
  if (everywhere === 'below') return `${told} at none of the ${range} (${seeds} seeds).`;
  if (at === null || (low === null && high === null)) {
    return `From what ${factor} on ${told} is undecided with ${seeds} seeds: neither is sure to be ahead at the ends of the ${range}.`;
  }
  const ends = [
    low === null ? `below ${thousands(levels[0] as number)}` : rounded(low),
    high === null ? `beyond ${thousands(levels.at(-1) as number)}` : rounded(high),
  ];
  return `${told} from a ${factor} of ${rounded(at)} on (95 % interval ${ends.join(' to ')}; ${seeds} seeds).`;
}

function rounded(value: number): string {
  return thousands(Number(value.toPrecision(3)));
}
