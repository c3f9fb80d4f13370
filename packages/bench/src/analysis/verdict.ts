/** What a study answers, in sentences whose numbers come from its records. */
import type { Point } from '../engine/record.ts';
import { plural, thousands } from '../format.ts';
import type { PointSummary } from './aggregate.ts';
import { shownInterval, type ContrastOutcome, type Decision } from './contrasts.ts';
import { LACKING, LACKING_COUNT } from './lack.ts';
import { isRatio, metricInfo, type MetricInfo } from './metrics.ts';
import { bareDifference, differenceText, estimateText, intervalText, pText, unitText } from './numbers.ts';
import { ALPHA, intervalAt } from './paired.ts';
import { MOST_SEEDS } from './power.ts';
import { matches, pointLabel } from './runs.ts';

/** What a comparison is about: `lsh against random, 5 %`. */
export function outcomeLabel({ contrast, where }: Pick<ContrastOutcome, 'contrast' | 'where'>): string {
  const [a, b] = contrast.arms.map(pointLabel) as [string, string];
  const place = Object.keys(where).length === 0 ? '' : `, ${pointLabel(where)}`;
  return `${a} against ${b}${place}${contrast.at === undefined ? '' : `, at equal ${contrast.at.cost}`}`;
}

/** One comparison as a sentence, or two where it is undecided. */
export function outcomeSentence(outcome: ContrastOutcome): string {
  return `${outcomeLabel(outcome)}: ${outcome.metric.title} ${finding(outcome)}`;
}

const HOLDS: Readonly<Record<Exclude<Decision, 'unmeasured'>, string>> = {
  better: 'yes',
  worse: 'no',
  equivalent: 'no',
  saturated: 'not told (all but 100 % in both arms)',
  undecided: 'undecided',
};

/** What a comparison says of its claim. */
function holds({ decision, lack }: ContrastOutcome): string {
  return decision === 'unmeasured' ? LACKING[lack ?? 'run'] : HOLDS[decision];
}

/**
 * The answer to each claim of the study, a sentence each: `Choosing beats chance: yes.` Where it depends on the level of
 * another factor, that is said: `Choosing beats chance: yes at 5 % and 10 %; undecided at 2.5 %.`
 */
export function claimSentences(outcomes: readonly ContrastOutcome[]): string[] {
  return [...Map.groupBy(outcomes, ({ contrast }) => contrast)].flatMap(([{ claim }, group]) => {
    if (claim === undefined) return [];
    const answers = [...Map.groupBy(group, holds)];
    const places = group.map(({ where }) => where);
    const told = answers.map(([answer, list]) =>
      answers.length === 1
        ? answer
        : `${answer} at ${enumerated(list.map(({ where }) => pointLabel(distinction(where, places))))}`,
    );
    return [`${claim.slice(0, 1).toUpperCase()}${claim.slice(1)}: ${told.join('; ')}.`];
  });
}

/** Of a place the levels that tell it from the others. */
function distinction(where: Point, places: readonly Point[]): Point {
  return Object.fromEntries(
    Object.entries(where).filter(([factor, level]) => places.some((other) => other[factor] !== level)),
  );
}

/** `a, b and c`. */
function enumerated(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function finding(outcome: ContrastOutcome): string {
  const { metric, decision, difference, margin, seeds, p, comparisons, rows } = outcome;
  if (difference === null) return unmeasured(outcome);
  const apart = isRatio(metric)
    ? `ratio is ${bareDifference(difference.mean, metric)}`
    : `difference is ${differenceText(difference.mean, metric)}`;
  const ends = shownInterval(outcome);
  if (ends === null) {
    return `is undecided: the ${apart}, but one seed has no interval.`;
  }
  const basis = `${plural(seeds.length, 'seed')}${rows === null ? '' : ' and their test rows'}`;
  const interval = `95 % interval ${intervalText(ends.low, ends.high, metric)}; ${basis}`;
  const corrected = comparisons > 1 ? 'corrected p' : 'p';
  const test = p === null ? '' : `; ${corrected} ${p < 0.001 ? '' : '= '}${pText(p).replace('<', '< ')}`;
  switch (decision) {
    case 'better':
    case 'worse':
      return `is ${decision} ${byHowMuch(outcome, difference.mean)}${thoughWithin(outcome)} (${interval}${test}).`;
    case 'saturated':
      return `cannot be told: it is all but 100 % in both arms (${basis}).`;
    case 'equivalent': {
      if (outcome.differences.every((each) => each === 0)) return `is equal with each seed (${basis}).`;
      const narrow = intervalAt(difference, 0.9);
      const inner = narrow === null ? '' : `, 90 % interval ${intervalText(narrow.low, narrow.high, metric)}`;
      return `is the same within ±${marginText(margin, metric)} (the ${apart}${inner}; ${basis}).`;
    }
    default:
      return `is undecided: the ${apart} (${interval}${test}). ${more(outcome)}`;
  }
}

/** A difference that is there, yet sure to be smaller than what counts. */
function thoughWithin({ equivalence, margin, metric }: ContrastOutcome): string {
  const small = equivalence !== null && equivalence < ALPHA;
  return small ? `, though within ±${marginText(margin, metric)}` : '';
}

/** A margin; of ratios in per cent. */
function marginText(margin: number, metric: MetricInfo): string {
  return isRatio(metric) ? `${(100 * Math.expm1(margin)).toFixed(0)} %` : differenceText(margin, metric);
}

const DECISIONS: Readonly<Record<Exclude<Decision, 'unmeasured'>, string>> = {
  better: 'better',
  worse: 'worse',
  equivalent: 'the same',
  saturated: 'both all but 100 %',
  undecided: 'undecided',
};

/** A decision as a table has it. */
export function decisionText({ decision, lack }: ContrastOutcome): string {
  return decision === 'unmeasured' ? LACKING[lack ?? 'run'] : DECISIONS[decision];
}

function unmeasured({ contrast, metric, lack }: ContrastOutcome): string {
  switch (lack) {
    case 'reach':
      return `cannot be told: no curve of ${pointLabel(contrast.arms[1])} along ${contrast.at?.along} reaches that cost.`;
    case 'value':
      return 'cannot be told: one of them has no such value.';
    case 'quiet':
      return `cannot be told: ${metric.title} was taken beside other work.`;
    default:
      return 'is not measured yet.';
  }
}

function byHowMuch({ metric }: ContrastOutcome, difference: number): string {
  const text = differenceText(Math.abs(difference), metric);
  // A ratio is said of the first arm as it is.
  return text.endsWith(' times') ? `at ${differenceText(difference, metric)} the other’s` : `by ${text}`;
}

function more({ seedsNeeded, difference }: ContrastOutcome): string {
  if (!difference?.deviation) return 'The seeds do not vary, so more of them would not decide it.';
  const number = seedsNeeded === null ? `More than ${thousands(MOST_SEEDS)}` : `About ${seedsNeeded}`;
  return `${number} seeds would decide it, if difference and spread stay as they are.`;
}

/** How many comparisons came out how: `Of 12 planned comparisons 7 differ, 2 are the same and 3 are undecided.` */
export function headline(outcomes: readonly ContrastOutcome[]): string {
  if (outcomes.length === 0) return 'No comparisons were planned, so nothing is decided.';
  const number = (...wanted: Decision[]): number =>
    outcomes.filter(({ decision }) => wanted.includes(decision)).length;
  const counts: [number, string, string][] = [
    [number('better', 'worse'), 'differs', 'differ'],
    [number('equivalent'), 'is the same within its margin', 'are the same within their margin'],
    [number('saturated'), 'has all but 100 % in both arms', 'have all but 100 % in both arms'],
    [number('undecided'), 'is undecided', 'are undecided'],
    ...Object.entries(LACKING_COUNT).map(([lack, [one, many]]): [number, string, string] => [
      outcomes.filter((each) => each.lack === lack).length,
      one,
      many,
    ]),
  ];
  const parts = counts.flatMap(([n, one, many]) => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`]));
  return `Of ${plural(outcomes.length, 'planned comparison')} ${enumerated(parts)}.`;
}

/**
 * Fills a sentence in: `{accuracy.sparse | arm=lsh; fraction=5 %}` becomes `94.1 ± 0.3 %`, or `(not measured yet)`.
 *
 * @throws {Error} for a metric that does not exist, and where several points have the levels that are named.
 */
export function fillIn(
  template: string,
  points: readonly PointSummary[],
  own: readonly MetricInfo[] = [],
): string {
  return template.replaceAll(/\{([^{}|]+)\|([^{}]*)\}/g, (_, name: string, levels: string) => {
    const metric = metricInfo(name.trim(), own);
    const wanted = pointOf(levels);
    const found = points.filter(({ point }) => matches(point, wanted));
    if (found.length > 1) {
      const all = found.map(({ point }) => pointLabel(point)).join('; ');
      throw new Error(`{${name}|${levels}} means ${found.length} points: ${all}. Name more levels.`);
    }
    const estimate = found[0]?.metrics[metric.name];
    return estimate === undefined
      ? '(not measured yet)'
      : `${estimateText(estimate, metric)}${unitText(metric.unit)}`;
  });
}

function pointOf(levels: string): Point {
  return Object.fromEntries(
    levels.split(';').flatMap((text): [string, string][] => {
      const [factor, level] = text.split('=').map((part) => part.trim());
      return factor && level !== undefined ? [[factor, level]] : [];
    }),
  );
}
