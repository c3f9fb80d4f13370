/** Curves: over a series, such as the steps of training or the efforts of a search, or over the levels of a factor. */
import { ownMetrics, studyMetrics, type PointSummary } from '../../analysis/aggregate.ts';
import { seriesOf } from '../../analysis/costs.ts';
import { estimate } from '../../analysis/estimate.ts';
import { crossings, crossingSentence } from '../../analysis/factor-crossing.ts';
import { levelNumber } from '../../analysis/levels.ts';
import { METRICS, metricInfo, type MetricInfo } from '../../analysis/metrics.ts';
import { estimateText, unitText } from '../../analysis/numbers.ts';
import { pointKey, pointLabel, runsByPoint, type Runs } from '../../analysis/runs.ts';
import type { Block } from '../blocks.ts';
import { layOut, type Layout } from '../layout.ts';
import { textOption, whereOption, type PlotScale } from '../options.ts';
import { metricAxis, type Axis } from '../plots/scales.ts';
import { xyPlot, type PlotPoint } from '../plots/xy.ts';
import { capital, spread } from './pareto.ts';
import { basisNote, type Drawn, type DrawSection } from './section.ts';

/** `x` is a factor with numbers for levels, or a series such as step, seconds or work; `y` a metric that has one. */
export const curves: DrawSection = (drawn, spec, id) => {
  const { study } = drawn;
  const x = textOption(spec, 'x') ?? 'step';
  const y = metricInfo(
    textOption(spec, 'y') ?? (studyMetrics(study)[0] as MetricInfo).name,
    ownMetrics(study.metrics),
  );
  // Without panels of one's own, the factor after the arms', unless it is the axis.
  const [, second] = Object.keys(study.factors).filter((factor) => factor !== x);
  const options = { panels: textOption(spec, 'panels') ?? second, where: whereOption(spec) };
  const scaleOf = (name: string): PlotScale => (textOption(spec, name) ?? 'linear') as PlotScale;
  const [scale, xScale] = [scaleOf('scale'), scaleOf('xScale')];
  if (!Object.hasOwn(study.factors, x)) return overSeries(drawn, x, y, { ...options, xScale }, scale, id);
  if (spec['xScale'] === undefined) return overFactor(drawn, x, y, options, scale, id);
  throw new Error(
    `The levels of the factor ${x} decide the scale of its axis: "xScale" is for curves over a series.`,
  );
};

interface LayoutOptions {
  readonly panels: string | undefined;
  readonly where: Readonly<Record<string, string>>;
}

function overFactor(
  { study, points, records }: Drawn,
  factor: string,
  y: MetricInfo,
  options: LayoutOptions,
  scale: PlotScale,
  id: string,
): Block[] {
  const measured = points.filter(({ point, metrics }) => point[factor] !== undefined && metrics[y.name]);
  const layout = layOut(study, measured, { ...options, along: [factor] });
  const levels = Object.keys(study.factors[factor] ?? {});
  const numbers = levels.map(levelNumber);
  const numeric = numbers.every((number) => number !== null);
  const placeOf = (level: string): number =>
    numeric ? (levelNumber(level) as number) : levels.indexOf(level);
  const drawn = layout.placed
    .map(({ item, mark, panel }): PlotPoint => {
      const place = placeOf(item.point[factor] as string);
      const value = item.metrics[y.name]!;
      const text = `${pointLabel(item.point)}: ${estimateText(value, y)}${unitText(y.unit)}`;
      return { mark, panel, x: { value: place, low: place, high: place }, y: spread(value), title: text };
    })
    .toSorted((a, b) => a.x.value - b.x.value);
  const axis = factorAxis(factor, levels, numeric ? (numbers as number[]) : null);
  const planned = (study.contrasts ?? []).filter(({ metric, at }) => metric === y.name && at === undefined);
  const found = planned.flatMap((contrast) => crossings(study, contrast, factor, records));
  return [
    ...figure(drawn, layout, axis, y, { id, scale, over: factor, bands: false, note: basisNote(measured) }),
    ...(found.length === 0 ? [] : [{ kind: 'list', items: found.map(crossingSentence) } as const]),
  ];
}

function overSeries(
  { study, points, records }: Drawn,
  x: string,
  y: MetricInfo,
  { xScale, ...options }: LayoutOptions & { readonly xScale: PlotScale },
  scale: PlotScale,
  id: string,
): Block[] {
  const runs = new Map(runsByPoint(records).map((each) => [pointKey(each.point), each]));
  const curveOf = new Map(
    points.map(({ point }) => [pointKey(point), curvePoints(runs.get(pointKey(point)), x, y.name)]),
  );
  const measured = points.filter(({ point }) => (curveOf.get(pointKey(point))?.length ?? 0) > 0);
  const layout = layOut(study, measured, options);
  const drawn = layout.placed.flatMap(({ item, series, mark, panel }): PlotPoint[] =>
    (curveOf.get(pointKey(item.point)) ?? []).map(({ at, value }) => ({
      mark,
      panel,
      x: { value: at, low: at, high: at },
      y: spread(value),
      title: `${series}, ${x} ${Number(at.toPrecision(4))}: ${estimateText(value, y)}${unitText(y.unit)}`,
    })),
  );
  const places = drawn.map((point) => point.x.value);
  const known = SERIES[x] ?? METRICS.find(({ name }) => name === x) ?? { title: x, unit: 'ratio' };
  const axis = metricAxis(known, places, xScale, '→');
  return figure(drawn, layout, axis, y, {
    id,
    scale,
    over: known.title,
    bands: true,
    note: basisNote(measured),
  });
}

/** Series that only stand along an axis. */
const SERIES: Readonly<Record<string, Pick<MetricInfo, 'title' | 'unit'>>> = {
  step: { title: 'step', unit: 'ratio' },
  epoch: { title: 'epoch', unit: 'ratio' },
  rows: { title: 'training rows', unit: 'count' },
  seconds: { title: 'seconds of training', unit: 'ratio' },
  multiplyAdds: { title: 'multiply-adds of training', unit: 'count' },
  work: { title: 'work of training', unit: 'multiply-adds' },
};

/** Means over the seeds at each evaluation that all of them have. */
function curvePoints(
  runs: Runs | undefined,
  x: string,
  y: string,
): { at: number; value: ReturnType<typeof estimate> }[] {
  const both = (runs?.finished ?? []).flatMap((record) => {
    const [at, values] = [seriesOf(record, x), record.series[y]];
    return at !== undefined && values !== undefined && at.length === values.length ? [{ at, values }] : [];
  });
  const length = both.length === 0 ? 0 : Math.min(...both.map(({ at }) => at.length));
  return Array.from({ length }, (_, i) => ({
    at: estimate(both.map(({ at }) => at[i] as number)).mean,
    value: estimate(both.map(({ values }) => values[i] as number)),
  }));
}

interface FigureOptions {
  readonly id: string;
  readonly scale: PlotScale;
  readonly over: string;
  readonly bands: boolean;
  readonly note: string;
}

function figure(
  drawn: readonly PlotPoint[],
  layout: Layout<PointSummary>,
  x: Axis,
  y: MetricInfo,
  { id, scale, over, bands, note }: FigureOptions,
): Block[] {
  if (drawn.length === 0) return [{ kind: 'text', text: `No trial has ${y.title} over ${over} yet.` }];
  const heights = drawn.flatMap(({ y: { low, value, high } }) => [low, value, high]);
  return [
    {
      kind: 'figure',
      name: id,
      title: `${capital(y.title)} over ${over}`,
      svg: xyPlot(drawn, { panels: layout.panels, x, y: metricAxis(y, heights, scale, '↑'), bands }),
      wide: layout.panels.length > 1,
      legend: layout.series.map(({ label, mark }) => ({ label, mark: { series: mark } })),
      note: bands ? note.replace('bars are', 'bands are') : note,
    },
  ];
}

/** Numbers far apart on a logarithmic scale whose ticks are the levels; names at equal distances. */
function factorAxis(factor: string, levels: readonly string[], numbers: readonly number[] | null): Axis {
  const ticks = numbers ?? [...levels.keys()];
  const names = new Map(ticks.map((tick, i) => [tick, levels[i] as string]));
  const far =
    numbers !== null && Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) >= 4;
  const [least, most] = [Math.min(...ticks), Math.max(...ticks)];
  const room = (most - least) / 12 || 1;
  return {
    place: (value) => value,
    options: {
      // The base is 2 because ticks far from a power of it get no label.
      ...(far
        ? { type: 'log', base: 2, domain: [least / 1.2, most * 1.2] }
        : { domain: [least - room, most + room] }),
      ticks,
      tickFormat: (tick: number) => names.get(tick) ?? '',
      label: `${factor}${far ? ' (log scale)' : ''} →`,
      grid: true,
    },
  };
}
