/**
 * Scales whose ticks people can read. Accuracies of a study lie anywhere between guessing and nearly 100 %, and those that
 * matter lie close together near the top: on a logarithmic scale of the error both can be seen.
 */
import type { ScaleOptions } from '@observablehq/plot';
import type { MetricInfo } from '../../analysis/metrics.ts';
import { unitText } from '../../analysis/numbers.ts';
import { count, significant } from '../../format.ts';
import type { PlotScale } from '../options.ts';

/** Smallest error that is drawn, in per cent: 0 has no place on a logarithmic scale. */
const LEAST_ERROR = 0.01;

/** A scale of a metric, and where on it a value lies. */
export interface Axis {
  readonly options: ScaleOptions;
  /** A value of the metric in the scale's own numbers. */
  place(value: number): number;
}

/** `arrow` is '↑' or '→': it says which way the values grow. */
export function metricAxis(
  metric: Pick<MetricInfo, 'title' | 'unit'>,
  values: readonly number[],
  scale: PlotScale,
  arrow: '↑' | '→',
): Axis {
  const factor = metric.unit === 'share' ? 100 : 1;
  const title = axisTitle(metric);
  if (scale === 'error') {
    const place = (value: number): number => Math.max(LEAST_ERROR, 100 - value * 100);
    return { options: errorScale(values.map(place), arrowed(title, arrow)), place };
  }
  const place = (value: number): number => value * factor;
  const placed = values.map(place);
  const tickFormat = (value: number): string => tickText(value, metric.unit);
  if (scale === 'log' && placed.some((value) => value > 0)) {
    const [least, most] = widened(placed, 1.25);
    const ticks = logTicks(least, most, 4);
    return {
      options: {
        type: 'log',
        domain: [least, most],
        ticks,
        tickFormat,
        grid: true,
        label: arrowed(`${title} (log scale)`, arrow),
      },
      // An interval that reaches zero has no end on this scale: its bar goes to the edge.
      place: (value) => Math.max(least, place(value)),
    };
  }
  return {
    options: {
      type: 'linear',
      inset: 12,
      nice: true,
      ticks: 7,
      tickFormat,
      grid: true,
      label: arrowed(title, arrow),
    },
    place,
  };
}

/** What an axis of a metric is called: `accuracy, %`. */
export function axisTitle({ title, unit }: Pick<MetricInfo, 'title' | 'unit'>): string {
  const text = unitText(unit).trim();
  return text === '' || text === title ? title : `${title}, ${text}`;
}

function arrowed(title: string, arrow: '↑' | '→'): string {
  return arrow === '↑' ? `↑ ${title}` : `${title} →`;
}

/** A tick's number, as short as can be: `200 k`, `0.05`. */
export function tickText(value: number, unit: string): string {
  if (['multiply-adds', 'count', 'bytes', '1/s'].includes(unit) && Math.abs(value) >= 1000) {
    return count(value)
      .replace(/\.0+(?= )|(?<=\.\d*?)0+(?= )/, '')
      .replace(/\.(?= )/, '');
  }
  if (unit === 'seconds' && value !== 0) return String(Number(significant(value))).replace('-', '−');
  return String(Number(value.toPrecision(6))).replace('-', '−');
}

/** A vertical scale of errors (in per cent) whose ticks are the shares. */
function errorScale(errors: readonly number[], label: string): ScaleOptions {
  const [lowest, most] = widened(errors, 1.15);
  const bottom = Math.min(100, most);
  // Up to the next tick, so that the best shares have one above them.
  const least = logTicks(lowest / 2, lowest, 4).at(-1) ?? lowest;
  return {
    type: 'log',
    domain: [bottom, least],
    label,
    ticks: logTicks(least, bottom, 7),
    tickFormat: (error: number) => String(Number((100 - error).toFixed(4))),
    grid: true,
  };
}

/** Round numbers from `least` to `most`, at least `wanted` of them if that can be, and not many more. */
export function logTicks(least: number, most: number, wanted: number): number[] {
  const within = (steps: readonly number[]): number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
      for (const step of steps) {
        const tick = Number(`${step}e${power}`);
        if (tick >= least && tick <= most) ticks.push(tick);
      }
    }
    return ticks;
  };
  const candidates = [
    [1],
    [1, 2, 5],
    [1, 1.5, 2, 3, 4, 5, 7],
    [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9],
  ];
  return (
    candidates.map(within).find((ticks) => ticks.length >= wanted) ?? within(candidates.at(-1) as number[])
  );
}

/** The least and the greatest value, with room on both sides. */
function widened(values: readonly number[], factor: number): [number, number] {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [0.1, 100];
  return [Math.min(...positive) / factor, Math.max(...positive) * factor];
}
