/** The plot of the study of attention for pages of the site. */
import * as Plot from '@observablehq/plot';
import { summarize } from '../../../packages/bench/src/analysis/aggregate.ts';
import type { TrialRecord } from '../../../packages/bench/src/engine/record.ts';
import { inOrder } from '../../../packages/bench/src/report/facts.ts';
import { attention } from '../../../packages/bench/src/studies/attention.ts';
import { chartFile } from '../drawings/chart.ts';

const METHODS: Readonly<Record<string, readonly [colour: string, symbol: Plot.SymbolType]>> = {
  'top k': ['var(--ink)', 'circle'],
  'top k and rest': ['var(--near)', 'square'],
  uniform: ['var(--soft)', 'triangle'],
  '10 bits, twice': ['var(--on)', 'diamond'],
  '10 bits, once': ['var(--good)', 'cross'],
};

/** Error of the output against the share of keys read, a panel for each share of attention on needles. */
export function errors(records: readonly TrialRecord[]): string {
  const points = inOrder(attention, summarize(attention, records));
  const seeds = Math.max(...points.map((summary) => summary.seeds.length));
  const panels = Object.keys(attention.factors['needles']!);
  const data = points.map(({ point, metrics }) => ({
    method: point['method']!,
    panel: point['needles']!,
    share: 100 * metrics['readShare']!.mean,
    error: metrics['outputError']!.mean,
  }));
  const place = {
    fx: ({ panel }: { panel: string }) => panels.indexOf(panel) % 2,
    fy: ({ panel }: { panel: string }) => Math.floor(panels.indexOf(panel) / 2),
    x: 'share',
    y: 'error',
  };
  return chartFile({
    title:
      'Error of attention over a share of the keys, by method, where none, 10, 50 and 90 % of it lie on few keys.',
    heading: [
      'Error of attention against the keys read, %',
      `in lengths of the exact output; means over ${seeds} seeds`,
    ],
    legend: Object.entries(METHODS).map(([name, [colour, symbol]]) => ({ name, colour, symbol })),
    options: {
      height: 460,
      marginLeft: 44,
      marginRight: 16,
      marginTop: 28,
      marginBottom: 44,
      fx: { axis: null, padding: 0.1 },
      fy: { axis: null, padding: 0.16 },
      x: {
        type: 'log',
        inset: 8,
        label: 'keys read, % →',
        ticks: [1, 2, 5, 10],
        tickFormat: (value: number) => String(value),
        grid: true,
      },
      y: {
        type: 'log',
        inset: 8,
        label: null,
        ticks: [0.01, 0.03, 0.1, 0.3, 1, 3],
        tickFormat: (value: number) => String(value),
        grid: true,
      },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.text(panels, {
          fx: (panel: string) => panels.indexOf(panel) % 2,
          fy: (panel: string) => Math.floor(panels.indexOf(panel) / 2),
          text: (panel: string) => panel,
          frameAnchor: 'top',
          dy: -14,
          fill: 'var(--ink)',
        }),
        ...Object.entries(METHODS).flatMap(([method, [colour, symbol]]) => {
          const mine = data.filter((point) => point.method === method);
          return [
            Plot.line(mine, { ...place, stroke: colour, strokeWidth: 1.5 }),
            Plot.dot(mine, { ...place, symbol, stroke: colour, fill: colour, r: 3.5 }),
          ];
        }),
      ],
    },
  });
}
