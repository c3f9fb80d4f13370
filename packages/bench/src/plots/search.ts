/** The study of searching, drawn: recall against what it costs, a panel for each corpus. */
import * as Plot from '@observablehq/plot';
import { significant } from '../format.ts';
import type { SearchPoint } from '../search-study.ts';
import { render, seriesMark, WIDE } from '../report/plots/drawing.ts';

/** Recall against the share of vectors that were scored. */
export function recallByExamined(points: readonly SearchPoint[]): string {
  return draw(
    points,
    ({ examined }) => (examined === undefined ? undefined : 100 * examined),
    'vectors scored, % of all →',
  );
}

/** Recall against queries a second, on one thread. */
export function recallByRate(points: readonly SearchPoint[]): string {
  return draw(points, ({ queriesPerSecond }) => queriesPerSecond, 'queries a second, one thread →');
}

/** The ways, in order of appearance: a way's place decides its colour and symbol. */
export function searchWays(points: readonly SearchPoint[]): string[] {
  return [...new Set(points.map(({ way }) => way))];
}

function draw(
  points: readonly SearchPoint[],
  place: (point: SearchPoint) => number | undefined,
  label: string,
): string {
  const ways = searchWays(points);
  const data = points.flatMap((point) => {
    const x = place(point);
    if (x === undefined || x <= 0) return [];
    const title = `${point.way}, ${point.setting}: recall ${point.recall.toFixed(3)}`;
    return { way: point.way, column: point.corpus, x, recall: point.recall, title };
  });
  return render({
    width: WIDE,
    height: 420,
    marginLeft: 48,
    marginBottom: 44,
    fx: { label: null, padding: 0.08, domain: [...new Set(points.map(({ corpus }) => corpus))] },
    x: { type: 'log', label, inset: 12, ticks: 4, tickFormat: significant },
    y: { label: '↑ recall of the 10 best', domain: [0, 1], inset: 8 },
    marks: [
      Plot.axisFx({ anchor: 'top', label: null }),
      Plot.frame({ stroke: 'var(--grid)' }),
      ...ways.flatMap((way, index) => {
        const mine = data.filter((item) => item.way === way);
        const shared = { fx: 'column', x: 'x', y: 'recall' };
        return [
          Plot.line(mine, {
            ...shared,
            stroke: seriesMark(index).colour,
            strokeWidth: 1.5,
            strokeDasharray: seriesMark(index).dash,
          }),
          Plot.dot(mine, {
            ...shared,
            ...seriesMark(index).dot,
            r: 3.5,
            title: 'title',
          }),
        ];
      }),
    ],
  });
}
