/** Why a batch costs less than its samples: which of them chose which units, and how often each row of weights is read. */
import { simHash } from '../../../packages/lsh/src/index.ts';
import { adam, hidden, lsh, Network, network, softmax } from '../../../packages/sparse-nn/src/index.ts';
import { digits } from './digits.ts';
import { label, short, square, svgFile } from './svg.ts';

const [UNITS, COUNT, BATCH, SHOWN] = [1000, 50, 128, 56];

/** Samples of one batch against the first units; below them, how many samples chose each. */
export async function byUnit(): Promise<string> {
  const { train } = await digits();
  const select = lsh({ count: COUNT, family: simHash({ bits: 4, tables: 50 }) });
  const spec = network(train.columns, [hidden(UNITS, select), softmax(10)], adam({ rate: 0.003 }));
  const net = await Network.create(spec, { seed: 1, relaxed: false, batchSize: BATCH });
  await net.train({ ...train, labels: Int32Array.from(train.labels) }, { epochs: 1, maxSteps: 90 });
  const { offsets, ids } = net.active(0)!;
  const lists = Array.from({ length: BATCH }, (_, s) => ids.slice(offsets[s], offsets[s + 1]));
  net.close();
  const pairs = lists.reduce((sum, { length }) => sum + length, 0);
  const times = new Uint32Array(UNITS);
  for (const list of lists) for (const unit of list) times[unit]!++;
  const visited = times.filter((count) => count > 0).length;
  const [pitch, left, top] = [8, 16, 62];
  const cells = lists
    .slice(0, 24)
    .flatMap((list, s) =>
      Array.from({ length: SHOWN }, (_, u) =>
        square(left + u * pitch, top + s * pitch, 6.6, list.includes(u) ? 'on' : 'off', 1),
      ),
    );
  const base = top + 24 * pitch + 92;
  const bars = Array.from({ length: SHOWN }, (_, u) => {
    const height = (72 * times[u]!) / Math.max(...times.subarray(0, SHOWN));
    return `<rect class="near" x="${short(left + u * pitch)}" y="${short(base - height)}" width="6.6" height="${short(height)}"/>`;
  });
  const shapes = [
    label(16, 26, `A batch of ${BATCH}: ${pairs.toLocaleString('en')} choices, ${visited} units`, {
      kind: 'bold',
    }),
    label(16, 48, `rows: 24 of its samples; columns: ${SHOWN} of the ${UNITS.toLocaleString('en')} units`, {
      kind: 'soft',
    }),
    ...cells,
    ...bars,
    label(16, base + 22, 'how many samples of the batch chose each unit: its weights', { kind: 'soft' }),
    label(16, base + 40, 'are read once for all of them, and updated once', { kind: 'soft' }),
  ];
  const title = `The ${BATCH} samples of a batch made ${pairs} choices of units; each of the ${visited} units is visited once.`;
  return svgFile({ height: base + 54, title }, shapes);
}
