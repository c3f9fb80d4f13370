/** The active set of one image through training, held against the exact highest units. */
import { simHash } from '../../../packages/lsh/src/index.ts';
import { adam, hidden, lsh, Network, network, softmax } from '../../../packages/sparse-nn/src/index.ts';
import { type Digits, digits, pixelsOf, rowsOf } from './digits.ts';
import { digit, label, square, svgFile } from './svg.ts';

const [SIDE, COUNT] = [20, 40];
/** After so many epochs. */
const LOOKS = [0, 1, 2, 4, 8, 16];

interface Look {
  readonly epochs: number;
  readonly chosen: ReadonlySet<number>;
  readonly best: ReadonlySet<number>;
}

/** A grid of the layer's 400 units for each look. */
export async function activeSet(): Promise<string> {
  const { train, test } = await digits();
  const [row = 0] = rowsOf(test, [3]);
  const looks = await watch(train, pixelsOf(test, row));
  const panels = looks.flatMap((look, i) => panel(look, 16 + (i % 3) * 152, 112 + Math.floor(i / 3) * 186));
  const shapes = [
    digit(pixelsOf(test, row), 14, 10, 56),
    label(84, 30, `Which ${COUNT} of ${SIDE ** 2} units this image has`, { kind: 'bold' }),
    square(84, 44, 11, 'on', 2),
    label(101, 54, 'computed, and among the highest', { kind: 'soft' }),
    square(84, 64, 11, 'ink', 2),
    label(101, 74, 'computed, and not among them', { kind: 'soft' }),
    square(84.6, 84.6, 10, 'missed', 2),
    label(101, 94, 'among the highest, and missed (chance finds 4 of 40)', { kind: 'soft' }),
    ...panels,
  ];
  const found = looks.map(({ epochs, chosen, best }) => `${common(chosen, best)} after ${epochs}`).join(', ');
  const title = `How many of the ${COUNT} highest of ${SIDE ** 2} units hashing finds for one image, by epochs of training: ${found}.`;
  return svgFile({ height: 112 + 2 * 186 - 4, title }, shapes);
}

function panel({ epochs, chosen, best }: Look, x: number, y: number): string[] {
  const pitch = 7.2;
  const cells = Array.from({ length: SIDE ** 2 }, (_, u) => {
    const [left, top] = [x + (u % SIDE) * pitch, y + 20 + Math.floor(u / SIDE) * pitch];
    if (chosen.has(u)) return square(left, top, 6, best.has(u) ? 'on' : 'ink', 1);
    return best.has(u) ? square(left + 0.6, top + 0.6, 4.8, 'missed', 1) : square(left, top, 6, 'off', 1);
  });
  const name = epochs === 0 ? 'untrained' : `${epochs} epoch${epochs === 1 ? '' : 's'}`;
  return [
    label(x, y + 12, name, { kind: 'bold' }),
    label(x + SIDE * pitch - 1, y + 12, `${common(chosen, best)} of ${best.size}`, {
      anchor: 'end',
      kind: 'soft',
    }),
    ...cells,
  ];
}

function common(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  return [...a].filter((unit) => b.has(unit)).length;
}

async function watch(train: Digits, pixels: Float32Array): Promise<Look[]> {
  const select = lsh({ count: COUNT, family: simHash({ bits: 4, tables: 50 }) });
  const spec = network(train.columns, [hidden(SIDE ** 2, select), softmax(10)], adam({ rate: 0.003 }));
  const net = await Network.create(spec, { seed: 1, relaxed: false, batchSize: 128 });
  const looks: Look[] = [];
  const look = (epochs: number): void => {
    if (LOOKS.includes(epochs))
      looks.push({ epochs, chosen: chosenBy(net, pixels), best: bestOf(net, pixels) });
  };
  look(0);
  const examples = { ...train, labels: Int32Array.from(train.labels) };
  for await (const { epoch } of net.fit(examples, { epochs: Math.max(...LOOKS) })) look(epoch);
  net.close();
  return looks;
}

function chosenBy(net: Network, inputs: Float32Array): Set<number> {
  net.predict({ rows: 1, columns: inputs.length, inputs }, { pass: 'sparse' });
  const { offsets, ids } = net.active(0)!;
  return new Set(ids.subarray(offsets[0], offsets[1]));
}

function bestOf(net: Network, input: Float32Array): Set<number> {
  const { weights, bias } = net.copyWeights(0);
  const sums = Array.from(bias, (start, u) =>
    input.reduce((sum, value, i) => sum + value * weights[u * input.length + i]!, start),
  );
  const order = Array.from(sums.keys()).toSorted((a, b) => sums[b]! - sums[a]! || a - b);
  return new Set(order.slice(0, COUNT));
}
