/** What is gained against what it costs, with the Pareto front. */
import { ownMetrics, studyMetrics, type PointSummary } from '../../analysis/aggregate.ts';
import type { Estimate } from '../../analysis/estimate.ts';
import { metricInfo, type MetricInfo } from '../../analysis/metrics.ts';
import { estimateText, unitText } from '../../analysis/numbers.ts';
import { paretoFront } from '../../analysis/pareto.ts';
import { pointLabel } from '../../analysis/runs.ts';
import { layOut } from '../layout.ts';
import { textOption, whereOption, type PlotScale } from '../options.ts';
import { metricAxis } from '../plots/scales.ts';
import { xyPlot, type PlotPoint, type Spread } from '../plots/xy.ts';
import { basisNote, type DrawSection } from './section.ts';

/** A point for each level, series joined along all factors but the first; the front is the soft line behind them. */
export const pareto: DrawSection = ({ study, points }, spec, id) => {
  const own = ownMetrics(study.metrics);
  const [x, y] = [
    metricInfo(textOption(spec, 'x') ?? 'work', own),
    metricInfo(textOption(spec, 'y') ?? (studyMetrics(study)[0] as MetricInfo).name, own),
  ];
  const both = points.filter(({ metrics }) => metrics[x.name] && metrics[y.name]);
  const panels = textOption(spec, 'panels');
  const along = Object.keys(study.factors)
    .slice(1)
    .filter((factor) => factor !== panels);
  const layout = layOut(study, both, { panels, along, where: whereOption(spec) });
  if (layout.placed.length === 0)
    return [{ kind: 'text', text: `No point has both ${x.title} and ${y.title} yet.` }];
  const drawn = layout.placed
    .map(({ item, mark, panel }): PlotPoint => plotPoint(item, mark, panel, x, y))
    .toSorted((a, b) => a.x.value - b.x.value);
  const all = drawn.flatMap(({ x: { low, value, high } }) => [low, value, high]);
  const heights = drawn.flatMap(({ y: { low, value, high } }) => [low, value, high]);
  const front = layout.panels.flatMap((panel) =>
    paretoFront(
      drawn
        .filter((point) => point.panel === panel)
        .map((point) => ({
          point,
          cost: x.better === 'lower' ? point.x.value : -point.x.value,
          value: point.y.value,
        })),
      y.better,
    ).map(({ point }) => point),
  );
  return [
    {
      kind: 'figure',
      name: id,
      title: `${capital(y.title)} against ${x.title}`,
      svg: xyPlot(drawn, {
        panels: layout.panels,
        x: metricAxis(x, all, 'log', '→'),
        y: metricAxis(y, heights, (textOption(spec, 'scale') ?? 'linear') as PlotScale, '↑'),
        bands: false,
        front,
      }),
      wide: layout.panels.length > 1,
      legend: layout.series.map(({ label, mark }) => ({ label, mark: { series: mark } })),
      note: `${basisNote(both)} The soft line joins the points that no other beats in both.`,
    },
  ];
};

function plotPoint(
  { point, metrics }: PointSummary,
  mark: number,
  panel: string,
  x: MetricInfo,
  y: MetricInfo,
): PlotPoint {
  const [cost, value] = [metrics[x.name] as Estimate, metrics[y.name] as Estimate];
  return {
    mark,
    panel,
    x: spread(cost),
    y: spread(value),
    title: `${pointLabel(point)}: ${told(value, y)}, ${told(cost, x)}`,
  };
}

function told(estimate: Estimate, metric: MetricInfo): string {
  return `${metric.title} ${estimateText(estimate, metric)}${unitText(metric.unit)}`;
}

/** An estimate as a plot shows it. */
export function spread({ mean, low, high }: Estimate): Spread {
  return { value: mean, low: low ?? mean, high: high ?? mean };
}

/** With a capital letter first. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
