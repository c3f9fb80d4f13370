/** What happens to hash tables while weights are trained, with rehashing and without. */
import * as Plot from '@observablehq/plot';
import { simHash } from '../../../packages/lsh/src/index.ts';
import {
  adam,
  hidden,
  lsh,
  Network,
  network,
  rehashNever,
  softmax,
} from '../../../packages/sparse-nn/src/index.ts';
import { chartFile } from './chart.ts';
import { type Digits, digits } from './digits.ts';

const EPOCHS = 8;
/** So that an epoch has 99 steps: each look is 42 to 49 steps after a rehash, of 50. */
const BATCH = 122;

interface Point {
  readonly epoch: number;
  readonly arm: string;
  readonly panel: string;
  readonly value: number;
}

const ARMS = [
  { name: 'rehashed every 50 steps', rehash: 50, colour: 'var(--on)', symbol: 'circle' },
  { name: 'never rehashed', rehash: rehashNever(), colour: 'var(--near)', symbol: 'square' },
] as const;

const [STALE, FOUND] = ['codes that are out of date, %', 'of the highest units found, %'];

/** Codes that are out of date, and what is found, after each epoch. */
export async function rehash(): Promise<string> {
  const { train, test } = await digits();
  const points: Point[] = [];
  for (const arm of ARMS) points.push(...(await watch(arm, train, test)));
  return chartFile({
    title: `Hash codes that are out of date, and the share of the highest units that is found, after each of ${EPOCHS} epochs, with rehashing and without.`,
    heading: ['Tables age as weights are trained'],
    legend: ARMS.map(({ name, colour, symbol }) => ({ name, colour, symbol })),
    options: {
      height: 260,
      marginLeft: 40,
      marginRight: 16,
      marginTop: 34,
      marginBottom: 40,
      fx: { label: null, domain: [STALE, FOUND], padding: 0.14 },
      x: { label: 'epochs →', ticks: [1, 2, 4, 6, 8], tickFormat: 'd' },
      y: { label: null, domain: [0, 100], ticks: 5, grid: true },
      marks: [
        Plot.axisFx({ anchor: 'top', label: null, dy: -6 }),
        Plot.frame({ stroke: 'var(--line)' }),
        ...ARMS.flatMap(({ name, colour, symbol }) => {
          const mine = points.filter(({ arm }) => arm === name);
          const place = { fx: 'panel', x: 'epoch', y: 'value' };
          return [
            Plot.line(mine, { ...place, stroke: colour, strokeWidth: 2 }),
            Plot.dot(mine, { ...place, symbol, stroke: colour, fill: colour, r: 4 }),
          ];
        }),
      ],
    },
  });
}

async function watch(
  { name, rehash: when }: (typeof ARMS)[number],
  train: Digits,
  test: Digits,
): Promise<Point[]> {
  const select = lsh({ fraction: 0.05, family: simHash({ bits: 4, tables: 50 }), rehash: when });
  const spec = network(train.columns, [hidden(1000, select), softmax(10)], adam({ rate: 0.003 }));
  const net = await Network.create(spec, { seed: 1, relaxed: false, batchSize: BATCH });
  const examples = { ...train, labels: Int32Array.from(train.labels) };
  const points: Point[] = [];
  for await (const { epoch, diagnostics } of net.fit(examples, {
    epochs: EPOCHS,
    diagnostics: { probe: test },
  })) {
    const { codesChanged = 0, overlap } = diagnostics![0]!;
    points.push(
      { epoch, arm: name, panel: STALE, value: 100 * codesChanged },
      { epoch, arm: name, panel: FOUND, value: 100 * overlap },
    );
  }
  net.close();
  return points;
}
