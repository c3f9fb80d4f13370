/** Plots of the study of selectors for pages of the site: they are narrower than a report's, so that a phone can show them. */
import * as Plot from '@observablehq/plot';
import { summarize, type PointSummary } from '../../../packages/bench/src/analysis/aggregate.ts';
import { weighted } from '../../../packages/bench/src/analysis/costs.ts';
import { estimate } from '../../../packages/bench/src/analysis/estimate.ts';
import { pointLabel, runsByPoint } from '../../../packages/bench/src/analysis/runs.ts';
import type { TrialRecord } from '../../../packages/bench/src/engine/record.ts';
import { inOrder } from '../../../packages/bench/src/report/facts.ts';
import { selectors } from '../../../packages/bench/src/studies/selectors.ts';
import { chartFile } from '../drawings/chart.ts';

/** Accuracy below this would press all others together. */
const LEAST = 84;

interface Value {
  readonly name: string;
  readonly panel: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const PASSES = { 'accuracy.full': 'all units, %', 'accuracy.sparse': 'the chosen, %' } as const;

/** Accuracy of each arm with its interval, in the full pass and in the sparse one. */
export function accuracies(records: readonly TrialRecord[]): string {
  const points = inOrder(selectors, summarize(selectors, records));
  const values = points.flatMap(({ point, metrics }) =>
    Object.entries(PASSES).map(([metric, panel]): Value => {
      const { mean, low, high } = metrics[metric]!;
      return {
        name: pointLabel(point),
        panel,
        value: 100 * mean,
        low: 100 * (low ?? mean),
        high: 100 * (high ?? mean),
      };
    }),
  );
  const names = points.map(({ point }) => pointLabel(point));
  const far = values.filter(({ value }) => value < LEAST);
  const told = far.map(
    ({ name, panel, value }) => `${name}: ${value.toFixed(1)} (${panel.replace(', %', '')})`,
  );
  return chartFile({
    title: `Test accuracy of ${names.length} arms of the study of selectors, with intervals.`,
    heading: [
      'Test accuracy, when the test computes …',
      ...(told.length > 0 ? [`off the chart: ${told[0]},`, ...told.slice(1)] : []),
    ],
    options: {
      height: 60 + 22 * names.length,
      marginLeft: 132,
      marginRight: 12,
      marginTop: 36,
      marginBottom: 36,
      fx: { label: null, domain: Object.values(PASSES), padding: 0.1 },
      x: { label: null, domain: [LEAST, 97], ticks: [85, 90, 95], grid: true },
      y: { label: null, domain: names },
      marks: [
        Plot.axisFx({ anchor: 'top', label: null, dy: -8 }),
        Plot.frame({ stroke: 'var(--line)' }),
        ...inFrame(values),
      ],
    },
  });
}

function inFrame(values: readonly Value[]): Plot.Markish[] {
  const shown = values
    .filter(({ value }) => value >= LEAST)
    .map(({ low, high, ...rest }) => ({ ...rest, low: Math.max(LEAST, low), high: Math.min(97, high) }));
  const colour = ({ name }: Value): string => (/^(lsh|signatures)/.test(name) ? 'var(--on)' : 'var(--near)');
  return [
    Plot.ruleY(shown, { fx: 'panel', y: 'name', x1: 'low', x2: 'high', stroke: colour, strokeWidth: 2.5 }),
    Plot.dot(shown, { fx: 'panel', y: 'name', x: 'value', fill: colour, r: 4.5 }),
  ];
}

/** The parts of the work that a plot of it tells apart. */
const PARTS = {
  'choosing (and searching)': ['hashing', 'choose'],
  'forward and backward': ['forward', 'backward'],
  optimizer: ['optimizer'],
  rehashing: ['rehash'],
} as const;

const COLOURS = ['var(--on)', 'var(--near)', 'var(--soft)', 'var(--good)'];

/** The work of each arm with 5 % of the units, by part, in per cent of the dense network's. */
export function work(records: readonly TrialRecord[]): string {
  const runs = inOrder(selectors, runsByPoint(records)).filter(
    ({ point }) => point['active'] === undefined || point['active'] === '5 %',
  );
  const of = (run: (typeof runs)[number], parts: readonly string[]): number =>
    estimate(run.finished.map(({ cost }) => parts.reduce((sum, part) => sum + weighted(cost[part]!), 0)))
      .mean;
  const all = Object.values(PARTS).flat();
  const dense = of(
    runs.find(({ point }) => point['arm'] === 'dense')!,
    all,
  );
  const shown = runs.filter(({ point }) => point['arm'] !== 'dense');
  const pieces = shown.flatMap((run) =>
    Object.entries(PARTS).map(([part, names]) => ({
      name: String(run.point['arm']),
      part,
      share: (100 * of(run, names)) / dense,
    })),
  );
  const totals = shown.map((run) => ({
    name: String(run.point['arm']),
    share: (100 * of(run, all)) / dense,
  }));
  return chartFile({
    title: 'Work of each arm with 5 % of the units, by part, in per cent of the dense network’s.',
    heading: ['Work with 5 % of the units, in % of the dense network’s'],
    legend: Object.keys(PARTS).map((name, i) => ({ name, colour: COLOURS[i]!, symbol: 'square' })),
    options: {
      height: 50 + 30 * shown.length,
      marginLeft: 88,
      marginRight: 48,
      marginTop: 8,
      marginBottom: 36,
      color: { domain: Object.keys(PARTS), range: COLOURS },
      x: { label: null, domain: [0, 25], ticks: [0, 5, 10, 15, 20, 25], grid: true },
      y: { label: null, domain: shown.map(({ point }) => String(point['arm'])) },
      marks: [
        Plot.barX(pieces, { y: 'name', x: 'share', fill: 'part', insetTop: 4, insetBottom: 4 }),
        Plot.ruleX([5], { stroke: 'var(--ink)', strokeDasharray: '4 3' }),
        Plot.text(totals, {
          y: 'name',
          x: 'share',
          text: ({ share }: { share: number }) => share.toFixed(1),
          textAnchor: 'start',
          dx: 6,
          fill: 'var(--ink)',
        }),
      ],
    },
  });
}

const ARM_COLOURS: Readonly<Record<string, readonly [colour: string, symbol: Plot.SymbolType]>> = {
  dense: ['var(--ink)', 'circle'],
  narrow: ['var(--near)', 'square'],
  fixed: ['var(--soft)', 'triangle'],
  topK: ['var(--good)', 'diamond'],
  lsh: ['var(--on)', 'cross'],
  signatures: ['var(--violet)', 'star'],
};

/** Accuracy against work: an arm is worth it if it lies above `narrow` at the same work. */
export function frontier(records: readonly TrialRecord[]): string {
  const points = inOrder(selectors, summarize(selectors, records)).filter(
    ({ point }) => ARM_COLOURS[point['arm']!] !== undefined,
  );
  const data = points.map((summary) => ({
    arm: summary.point['arm']!,
    share: summary.point['active'] ?? 'all',
    work: summary.metrics['work']!.mean / 1e6,
    ...ends(summary),
  }));
  return chartFile({
    title:
      'Test accuracy, with its interval, against the work of a training sample, for each arm at 5 and 25 % of the units.',
    heading: ['Accuracy (the chosen units, %) against work', 'lines join 5 and 25 % of the units of one arm'],
    legend: Object.entries(ARM_COLOURS).map(([name, [colour, symbol]]) => ({ name, colour, symbol })),
    options: {
      height: 300,
      marginLeft: 44,
      marginRight: 16,
      marginTop: 16,
      marginBottom: 44,
      x: {
        type: 'log',
        label: 'work of a sample, million multiply-adds →',
        domain: [0.07, 6],
        ticks: [0.1, 0.2, 0.5, 1, 2, 5],
        tickFormat: (value: number) => String(value),
        grid: true,
      },
      y: { label: null, domain: [LEAST, 97], ticks: [85, 90, 95], grid: true },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        ...Object.entries(ARM_COLOURS).flatMap(([arm, [colour, symbol]]) => {
          const mine = data.filter((point) => point.arm === arm);
          return [
            Plot.line(mine, { x: 'work', y: 'value', stroke: colour, strokeWidth: 1.5 }),
            Plot.ruleX(mine, { x: 'work', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.5 }),
            Plot.dot(mine, { x: 'work', y: 'value', symbol, stroke: colour, fill: colour, r: 5 }),
          ];
        }),
      ],
    },
  });
}

function ends({ metrics }: PointSummary): { value: number; low: number; high: number } {
  const { mean, low, high } = metrics['accuracy.sparse']!;
  return {
    value: 100 * mean,
    low: Math.max(LEAST, 100 * (low ?? mean)),
    high: Math.min(97, 100 * (high ?? mean)),
  };
}
