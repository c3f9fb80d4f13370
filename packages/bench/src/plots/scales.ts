/**
 * Scales whose ticks people can read. Accuracies of a study lie anywhere between guessing and nearly 100 %, and those
 * that matter lie close together near the top: on a logarithmic scale of the error both can be seen.
 */
import type { ScaleOptions } from '@observablehq/plot';
import type { Spread } from '../spread.ts';

/** Smallest error that is drawn, in per cent: 0 has no place on a logarithmic scale. */
const LEAST_ERROR = 0.01;

/** Test error in per cent, as the accuracy scale takes it. */
export function errorOf(accuracy: number): number {
  return Math.max(LEAST_ERROR, 100 - accuracy * 100);
}

/** The errors one standard deviation around the mean, and the mean itself. */
export function errorBand({ mean, deviation }: Spread): { error: number; low: number; high: number } {
  const around = deviation ?? 0;
  return { error: errorOf(mean), low: errorOf(mean + around), high: Math.min(100, errorOf(mean - around)) };
}

/** A vertical scale of errors (in per cent) whose ticks are the accuracies. */
export function accuracyScale(errors: readonly number[], label: string): ScaleOptions {
  const [lowest, most] = widened(errors, 1.15);
  const bottom = Math.min(100, most);
  // Up to the next tick, so that the best accuracies have one above them.
  const least = logTicks(lowest / 2, lowest, 4).at(-1) ?? lowest;
  return {
    type: 'log',
    domain: [bottom, least],
    label: `↑ ${label}, %`,
    ticks: logTicks(least, bottom, 7),
    tickFormat: (error: number) => String(Number((100 - error).toFixed(4))),
    grid: true,
  };
}

/** A horizontal logarithmic scale. */
export function logScale(values: readonly number[], label: string): ScaleOptions {
  const [least, most] = widened(values, 1.25);
  return {
    type: 'log',
    domain: [least, most],
    label: `${label} (log scale) →`,
    ticks: logTicks(least, most, 4),
    tickFormat: (value: number) => String(Number(value.toPrecision(6))),
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
