/** One metric, a row for each point. */
import { ownMetrics, studyMetrics } from '../../analysis/aggregate.ts';
import { metricInfo, type MetricInfo } from '../../analysis/metrics.ts';
import { estimateText, unitText } from '../../analysis/numbers.ts';
import { pointLabel } from '../../analysis/runs.ts';
import { layOut } from '../layout.ts';
import { textOption, whereOption } from '../options.ts';
import { barPlot } from '../plots/bars.ts';
import { metricAxis } from '../plots/scales.ts';
import { capital, spread } from './pareto.ts';
import { basisNote, type DrawSection } from './section.ts';

/** The value and interval of each point, side by side in panels. */
export const bars: DrawSection = ({ study, points }, spec, id) => {
  const y = metricInfo(
    textOption(spec, 'y') ?? (studyMetrics(study)[0] as MetricInfo).name,
    ownMetrics(study.metrics),
  );
  const measured = points.filter(({ metrics }) => metrics[y.name]);
  const layout = layOut(study, measured, { panels: textOption(spec, 'panels'), where: whereOption(spec) });
  if (layout.placed.length === 0) return [{ kind: 'text', text: `No point has ${y.title} yet.` }];
  const drawn = layout.placed.map(({ item, series, mark, panel }) => {
    const value = item.metrics[y.name]!;
    return {
      name: series,
      mark,
      panel,
      y: spread(value),
      title: `${pointLabel(item.point)}: ${estimateText(value, y)}${unitText(y.unit)}`,
    };
  });
  const ends = drawn.flatMap(({ y: { low, value, high } }) => [low, value, high]);
  return [
    {
      kind: 'figure',
      name: id,
      title: capital(y.title),
      svg: barPlot(drawn, {
        names: layout.series.map(({ label }) => label),
        panels: layout.panels,
        axis: metricAxis(y, ends, 'linear', '→'),
      }),
      wide: layout.panels.length > 1,
      legend: [],
      note: basisNote(measured),
    },
  ];
};
