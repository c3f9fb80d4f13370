/** What every section is drawn from. */
import type { PointSummary } from '../../analysis/aggregate.ts';
import type { ContrastOutcome } from '../../analysis/contrasts.ts';
import type { TrialRecord } from '../../engine/record.ts';
import type { Block } from '../blocks.ts';
import type { ReportContext, ReportFacts, SectionSpec } from '../facts.ts';

/** A study with its records, worked out once for all sections. */
export interface Drawn {
  readonly study: ReportFacts;
  readonly records: readonly TrialRecord[];
  /** In the order of the study's levels. */
  readonly points: readonly PointSummary[];
  readonly outcomes: readonly ContrastOutcome[];
  readonly context: ReportContext;
}

/** Draws a section. `id` tells its tables and figures from those of others of its kind. */
export type DrawSection = (drawn: Drawn, spec: SectionSpec, id: string) => readonly Block[];

/** What the seeds and intervals of a table or plot mean, and whether times may be compared. */
export function basisNote(points: readonly PointSummary[]): string {
  const counts = points.map(({ seeds }) => seeds.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const n = least === most ? `n = ${most}` : `n = ${least} to ${most}`;
  const varied = [...new Set(points.flatMap(({ varies }) => varies))];
  const what = varied.length === 0 ? 'the seed alone varies' : `the seed and ${varied.join(', ')} vary`;
  return `Mean over the seeds (${n}; ${what}); ± and bars are 95 % intervals of Student’s t.${sharedNote(points)}`;
}

function sharedNote(points: readonly PointSummary[]): string {
  return points.some(({ shared }) => shared)
    ? ' Some trials shared their machine with others, or their block has several machines (†): their times are not comparable.'
    : '';
}
