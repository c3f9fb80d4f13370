/** The table of metrics by point. */
import { ownMetrics, studyMetrics, type PointSummary } from '../../analysis/aggregate.ts';
import type { Estimate } from '../../analysis/estimate.ts';
import { isRatio, metricInfo, type MetricInfo } from '../../analysis/metrics.ts';
import { estimateText, valueText } from '../../analysis/numbers.ts';
import { relative } from '../../analysis/relative.ts';
import { matches, pointKey, pointLabel } from '../../analysis/runs.ts';
import { reach, type Target } from '../../analysis/target.ts';
import { significant } from '../../format.ts';
import type { Block, TableBlock } from '../blocks.ts';
import { factorsOf } from '../facts.ts';
import { listOption, targetsOption, whereOption } from '../options.ts';
import { axisTitle } from '../plots/scales.ts';
import { basisNote, type Drawn, type DrawSection } from './section.ts';

/** A row for each point: its levels, seeds, metrics with intervals, and times and work as multiples of the baseline's. */
export const table: DrawSection = (drawn, spec, id) => {
  const { study, records } = drawn;
  const points = drawn.points.filter(({ point }) => matches(point, whereOption(spec)));
  if (points.length === 0) return [{ kind: 'text', text: 'Nothing is measured yet.' }];
  const own = ownMetrics(study.metrics);
  const metrics = (listOption(spec, 'metrics') ?? studyMetrics(study).map(({ name }) => name)).map((name) =>
    metricInfo(name, own),
  );
  const factors = factorsOf(study, records);
  const columns = [
    ...metrics.map((metric) => metricColumn(metric)),
    ...(listOption(spec, 'relative') ?? []).map((name) => relativeColumn(drawn, metricInfo(name, own))),
    ...targetsOption(spec).map((target) => targetColumn(drawn, target)),
  ];
  const blocks: Block[] = [
    {
      kind: 'table',
      id,
      names: factors.length,
      head: [...factors, 'n', ...columns.map(({ title }) => title)],
      rows: points.map((point) => [
        ...factors.map((factor) => point.point[factor] ?? '–'),
        String(point.seeds.length),
        ...columns.map(({ cell }) => cell(point)),
      ]),
    },
    {
      kind: 'note',
      text: `${basisNote(points)} ${relativeNote(drawn, spec['relative'] !== undefined)}`.trim(),
    },
  ];
  return [
    ...blocks,
    {
      kind: 'details',
      summary: 'What the columns say',
      blocks: [{ kind: 'facts', facts: metrics.map(described) }],
    },
    {
      kind: 'details',
      summary: 'Means, standard deviations and intervals',
      blocks: [spreadTable(points, metrics, `${id}-spread`)],
    },
  ];
};

/** A row for each point and metric, with more digits. */
function spreadTable(
  points: readonly PointSummary[],
  metrics: readonly MetricInfo[],
  id: string,
): TableBlock {
  return {
    kind: 'table',
    id,
    names: 2,
    head: ['point', 'metric', 'n', 'mean', 'standard deviation', '95 % from', 'to'],
    rows: points.flatMap(({ point, metrics: estimates }) =>
      metrics.flatMap((metric) => {
        const estimate = estimates[metric.name];
        if (estimate === undefined) return [];
        const { n, mean, deviation, low, high } = estimate;
        const number = (value: number | null): string =>
          value === null ? '–' : valueText(value, metric.unit, 2);
        return [
          [pointLabel(point), axisTitle(metric), String(n), ...[mean, deviation, low, high].map(number)],
        ];
      }),
    ),
  };
}

interface Column {
  readonly title: string;
  cell(point: PointSummary): string;
}

function described({ title, description, better }: MetricInfo): [string, string] {
  return [title, `${description} ${better === 'higher' ? 'Higher' : 'Lower'} is better.`];
}

function metricColumn(metric: MetricInfo): Column {
  return {
    title: axisTitle(metric),
    cell: ({ metrics, shared }) => {
      const estimate = metrics[metric.name];
      if (estimate === undefined) return '–';
      return `${estimateText(estimate, metric)}${shared && !metric.deterministic ? ' †' : ''}`;
    },
  };
}

function relativeColumn({ study, records }: Drawn, metric: MetricInfo): Column {
  if (study.baseline === undefined) {
    throw new Error(
      `A table shows ${metric.name} relative to a baseline, but the study ${study.name} has none.`,
    );
  }
  if (!isRatio(metric)) {
    throw new Error(
      `${metric.name} is compared by differences, so that a table cannot show it relative to the baseline.`,
    );
  }
  const ratios = relative(study, records, metric.name, study.baseline);
  return {
    title: `${metric.title}, × ${pointLabel(study.baseline)}`,
    cell: ({ point }) => ratioText(ratios.get(pointKey(point))),
  };
}

/** When a target is reached; how many of the seeds did, where not all. */
function targetColumn({ study, records }: Drawn, target: Target): Column {
  const metric = metricInfo(target.metric, ownMetrics(study.metrics));
  const goal =
    target.value === undefined
      ? `the ${metric.title} of ${pointLabel(study.baseline ?? {})}`
      : `${metric.title} ${valueText(target.value, metric.unit)}`;
  const places = reach(study, records, target);
  return {
    title: `${target.over} to ${goal}`,
    cell: ({ point }) => {
      const found = places.get(pointKey(point));
      if (found === undefined) return '–';
      if (found.estimate !== null)
        return estimateText(found.estimate, { unit: TARGET_UNITS[target.over] ?? 'seconds' });
      return found.reached === 0 ? 'never' : `${found.reached} of ${found.n} seeds`;
    },
  };
}

/** What series that a target may stand over are counted in, other than seconds. */
const TARGET_UNITS: Readonly<Record<string, string>> = {
  multiplyAdds: 'multiply-adds',
  work: 'multiply-adds',
  step: 'count',
  epoch: 'count',
  rows: 'count',
};

function ratioText(ratio: Estimate | undefined): string {
  if (ratio === undefined) return '–';
  const { mean, low, high } = ratio;
  const ends =
    low === null || high === null || low === high ? '' : ` (${significant(low)}–${significant(high)})`;
  return `${significant(mean)}${ends}`;
}

function relativeNote({ study }: Drawn, shown: boolean): string {
  if (!shown || study.baseline === undefined) return '';
  return `× ${pointLabel(study.baseline)} divides each run by the run of ${pointLabel(study.baseline)} with the same seed, and takes the geometric mean; in brackets the 95 % interval.`;
}
