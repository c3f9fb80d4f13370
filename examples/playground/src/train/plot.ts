/** Accuracy against seconds, a line for each network. */
import * as Plot from '@observablehq/plot';
import type { Point } from './messages.ts';
import { NETWORKS } from './settings.ts';

/** Lines are told apart without their colours, too. */
const DASHES = { hashed: undefined, dense: '7 4', narrow: '2 3' } as const;

/** Below this share nothing is drawn: after the first second networks are above it. */
const LOWEST = 0.5;

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
    marks: NETWORKS.flatMap((name) => {
      const own = of(name);
      const dash = DASHES[name];
      const at = { x: 'seconds', y: ({ accuracy }: Point) => 100 * accuracy } as const;
      const stroke = { stroke: `var(--${name})`, strokeWidth: 2 };
      return [
        Plot.line(own, { ...at, ...stroke, ...(dash && { strokeDasharray: dash }) }),
        Plot.text(own.slice(-1), {
          ...at,
          text: () => name,
          fill: `var(--${name})`,
          fontWeight: 600,
          textAnchor: 'start',
          dx: 6,
        }),
      ];
    }),
  });
  figure.setAttribute('aria-hidden', 'true');
  into.replaceChildren(figure);
}
