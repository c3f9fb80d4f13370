/** The collision law of each hash family against what was measured: a drawing for each kind of similarity. */
import * as Plot from '@observablehq/plot';
import { type LawPoint, laws, measured, type Picture, PICTURES } from '../../../packages/lsh/scripts/laws.ts';
import { chartFile } from './chart.ts';

const COLUMNS = 2;

/** By the names of their files: laws-cosine, laws-euclidean, laws-jaccard and laws-rank. */
export const LAWS: Readonly<Record<string, () => Promise<string>>> = Object.fromEntries(
  PICTURES.map((picture) => [picture.name, () => Promise.resolve(draw(picture))]),
);

function draw(picture: Picture): string {
  const titles = picture.facets.map(({ title }) => title);
  const [column, row] = [
    (title: string): number => titles.indexOf(title) % COLUMNS,
    (title: string): number => Math.floor(titles.indexOf(title) / COLUMNS),
  ];
  const place = {
    fx: ({ title }: LawPoint) => column(title),
    fy: ({ title }: LawPoint) => row(title),
    x: 'similarity',
    y: 'p',
  };
  const what = picture.label.replace(' →', '');
  return chartFile({
    title: `Probability of a shared code by ${what}, law and measurement: ${titles.join('; ')}.`,
    heading: [`How often codes are shared, by ${what}`],
    legend: [
      { name: 'the law', colour: 'var(--near)' },
      { name: 'measured in 25,000 tables', colour: 'var(--on)' },
    ],
    options: {
      height: 84 + 190 * Math.ceil(titles.length / COLUMNS),
      marginTop: 30,
      marginLeft: 36,
      marginRight: 16,
      marginBottom: 40,
      fx: { axis: null, padding: 0.12 },
      fy: { axis: null, padding: 0.16 },
      x: { label: picture.label, domain: [...picture.domain], ticks: 4, inset: 6 },
      y: { label: null, domain: [0, 1], ticks: 5, grid: true },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.text(titles, {
          fx: (title: string) => column(title),
          fy: (title: string) => row(title),
          text: (title: string) => title,
          frameAnchor: 'top',
          dy: -14,
          fill: 'var(--ink)',
        }),
        Plot.line(laws(picture), { ...place, z: 'title', stroke: 'var(--near)', strokeWidth: 2 }),
        Plot.dot(measured(picture), { ...place, stroke: 'var(--on)', r: 3.5, strokeWidth: 1.8 }),
      ],
    },
  });
}
