/** The answer: what the planned comparisons decide, and what they do not. */
import { ownMetrics, type PointSummary } from '../../analysis/aggregate.ts';
import {
  claimSentences,
  decisionText,
  fillIn,
  headline,
  outcomeLabel,
  outcomeSentence,
} from '../../analysis/verdict.ts';
import { shownInterval, type ContrastOutcome } from '../../analysis/contrasts.ts';
import { bareDifference, differenceUnit, pText } from '../../analysis/numbers.ts';
import { plural } from '../../format.ts';
import type { Block } from '../blocks.ts';
import { textOption } from '../options.ts';
import type { DrawSection } from './section.ts';

/** The study's own sentence filled in, the count of decisions, a sentence and a row for each comparison, and what is missing. */
export const answer: DrawSection = ({ study, points, outcomes }, spec, id) => {
  const says = textOption(spec, 'says');
  const blocks: Block[] = [];
  if (says !== undefined) {
    blocks.push({ kind: 'lead', text: fillIn(says, points, ownMetrics(study.metrics)) });
  }
  for (const text of claimSentences(outcomes)) blocks.push({ kind: 'lead', text });
  blocks.push({ kind: blocks.length === 0 ? 'lead' : 'text', text: headline(outcomes) });
  const unfinished = unfinishedText(points);
  if (unfinished !== undefined) blocks.push({ kind: 'text', text: unfinished });
  if (outcomes.length === 0) return blocks;
  return [
    ...blocks,
    { kind: 'list', items: outcomes.map(outcomeSentence) },
    { kind: 'note', text: testsNote(outcomes) },
    {
      kind: 'details',
      summary: 'The comparisons as a table',
      blocks: [
        {
          kind: 'table',
          id: `${id}-comparisons`,
          names: 2,
          head: [
            'comparison',
            'metric',
            'n',
            'difference',
            'low',
            'high',
            'p',
            'p of no difference',
            'decision',
          ],
          rows: outcomes.map(row),
        },
      ],
    },
  ];
};

/** How to read the comparisons. */
function testsNote(outcomes: readonly ContrastOutcome[]): string {
  const costs = [...new Set(outcomes.flatMap(({ contrast: { at } }) => (at === undefined ? [] : [at.cost])))];
  return [
    'First arm minus second, paired by seed (Student’s t); of times and amounts of work the ratio. Points are percentage points.',
    'Intervals are over the seeds, on one test set, and hold for one comparison each; p-values are corrected by Holm’s method for all of them.',
    'P of no difference is that of two one-sided tests against the margin: below 0.05 the two are called the same.',
    ...(costs.length === 0
      ? []
      : [
          `At equal ${costs.join(' or ')}: the second arm’s value where it costs what the first does, on a line through its neighbouring points over the logarithm of the cost, seed by seed.`,
        ]),
  ].join(' ');
}

function row(outcome: ContrastOutcome): string[] {
  const { metric, difference, seeds, p, equivalence } = outcome;
  const ends = shownInterval(outcome);
  const number = (value: number | null | undefined): string =>
    typeof value === 'number' ? bareDifference(value, metric) : '–';
  return [
    outcomeLabel(outcome),
    `${metric.title}${differenceUnit(metric) === '' ? '' : `,${differenceUnit(metric)}`}`,
    String(seeds.length),
    number(difference?.mean),
    number(ends?.low),
    number(ends?.high),
    p === null ? '–' : pText(p),
    equivalence === null ? '–' : pText(equivalence),
    decisionText(outcome),
  ];
}

/** How many trials failed or are missing; nothing of a study that is whole. */
function unfinishedText(points: readonly PointSummary[]): string | undefined {
  const sum = (of: (point: PointSummary) => number): number =>
    points.reduce((total, point) => total + of(point), 0);
  const [done, failed, missing] = [
    sum(({ seeds }) => seeds.length),
    sum((point) => point.failed.length),
    sum((point) => point.missing.length),
  ];
  if (failed + missing === 0 && done > 0) return undefined;
  const parts = [
    failed > 0 ? [`${failed} failed`] : [],
    missing > 0 ? [`${missing} ${missing === 1 ? 'is' : 'are'} missing`] : [],
  ].flat();
  if (done + failed + missing === 0) return 'No trial has finished yet.';
  return `The study is unfinished: of ${plural(done + failed + missing, 'trial')} ${parts.join(' and ')}.`;
}
