/** Accuracy against seconds, a line for each network. */
import * as Plot from '@observablehq/plot';
import type { Point } from './messages.ts';
import { NETWORKS } from './settings.ts';

/** Lines are told apart without their colours, too. */
const DASHES = { hashed: undefined, dense: '7 4', narrow: '2 3' } as const;

/** Below this share nothing is drawn: after the first second networks are above it. */
const LOWEST = 0.5;

/** Between two labels, in points of accuracy. */
const APART = 4;

/** Where the labels at the ends of the lines go, so that none is on another. */
function labels(points: readonly Point[]): (Point & { readonly at: number })[] {
  const ends = NETWORKS.flatMap((name) => points.findLast((point) => point.name === name) ?? []);
  let below = -Infinity;
  return ends
    .toSorted((a, b) => a.accuracy - b.accuracy)
    .map((end) => {
      below = Math.max(100 * end.accuracy, below + APART);
      return { ...end, at: below };
    });
}

/** Draws all points anew, as wide as the element is. */
export function drawPlot(into: HTMLElement, points: readonly Point[]): void {
  const width = into.clientWidth;
  if (width === 0) return;
  const until = Math.max(2, ...points.map(({ seconds }) => seconds));
  const of = (name: Point['name']): Point[] =>
    points.filter((point) => point.name === name && point.accuracy >= LOWEST);
  const figure = Plot.plot({
    width,
    height: Math.round(Math.min(340, Math.max(240, width * 0.45))),
    marginLeft: 44,
    marginRight: 64,
    marginBottom: 44,
    style: { background: 'none', fontSize: '13px' },
    x: { domain: [0, until], label: 'seconds of training', ticks: 6 },
    y: { domain: [100 * LOWEST, 100], label: '% of test images right', grid: true, ticks: 5 },
    marks: [
      ...NETWORKS.map((name) => {
        const dash = DASHES[name];
        return Plot.line(of(name), {
          x: 'seconds',
          y: ({ accuracy }: Point) => 100 * accuracy,
          stroke: `var(--${name})`,
          strokeWidth: 2,
          ...(dash && { strokeDasharray: dash }),
        });
      }),
      ...labels(points.filter(({ accuracy }) => accuracy >= LOWEST)).map((label) =>
        Plot.text([label], {
          x: until,
          y: 'at',
          text: 'name',
          fill: `var(--${label.name})`,
          fontWeight: 600,
          textAnchor: 'start',
          dx: 6,
        }),
      ),
    ],
  });
  figure.setAttribute('aria-hidden', 'true');
  into.replaceChildren(figure);
}
