/** Which series and panels the points of a study are drawn as. */
import type { Point } from '../engine/record.ts';
import { matches, pointLabel } from '../analysis/runs.ts';
import { inOrder, type ReportFacts } from './facts.ts';

/** A point with its place in a plot. */
export interface Placed<T> {
  readonly item: T;
  readonly series: string;
  /** Its mark's place: that of its level where series are the levels of the study's first factor. */
  readonly mark: number;
  readonly panel: string;
}

/** Points as series in panels. */
export interface Layout<T> {
  readonly placed: readonly Placed<T>[];
  /** Names of series in order, with their marks. */
  readonly series: readonly { readonly label: string; readonly mark: number }[];
  readonly panels: readonly string[];
}

/**
 * Sorts points into series, by all levels but those of the panels' and the axis's factors, and of factors after the first of which
 * all points have the same level. A point that lacks the panels' factor, as dense lacks a fraction, stands in all panels.
 *
 * @param panels the factor whose levels get a panel each; one panel without it.
 * @param along the factors that points of a series differ in.
 */
export function layOut<T extends { readonly point: Point }>(
  study: ReportFacts,
  items: readonly T[],
  {
    panels,
    along = [],
    where = {},
  }: { panels?: string | undefined; along?: readonly string[]; where?: Point },
): Layout<T> {
  const ordered = inOrder(
    study,
    items.filter(({ point }) => matches(point, where)),
  );
  const levels =
    panels === undefined ? [] : [...new Set(ordered.flatMap(({ point }) => point[panels] ?? []))];
  const names = panels === undefined || levels.length === 0 ? [''] : levels;
  const [, ...others] = Object.keys(study.factors);
  const shared = others.filter((factor) => new Set(ordered.map(({ point }) => point[factor])).size === 1);
  const without = new Set([...along, ...(panels === undefined ? [] : [panels]), ...shared]);
  const labels = ordered.map(({ point }) =>
    pointLabel(Object.fromEntries(Object.entries(point).filter(([factor]) => !without.has(factor)))),
  );
  const series = [...new Set(labels)];
  const first = Object.keys(Object.values(study.factors)[0] ?? {});
  const marks = series.every((label) => first.includes(label)) ? first : series;
  const markOf = (label: string): number => marks.indexOf(label);
  return {
    placed: ordered.flatMap((item, index) => {
      const label = labels[index] as string;
      const own = panels === undefined ? undefined : item.point[panels];
      return (own === undefined ? names : [own]).map((panel) => ({
        item,
        series: label,
        mark: markOf(label),
        panel,
      }));
    }),
    series: series.map((label) => ({ label, mark: markOf(label) })),
    panels: names,
  };
}
