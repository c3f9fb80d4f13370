/** What it takes to predict for one row, as a page or a server does, beside other runtimes; all on one thread. */
import { randomStream } from '@hashgrad/kernels';
import { hidden, Network, network, softmax } from '@hashgrad/sparse-nn';
import { exportOnnx } from '@hashgrad/sparse-nn/onnx';
import { onnxPeer, tensorFlowPeer, type RowPeer } from './baselines/row-peers.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { alternate, sample } from './lib/measure.ts';
import type { BenchResult } from './lib/result.ts';

/** Units of the layers, inputs first. */
const SIZES: readonly [number, ...number[]] = [784, 1000, 1000, 10];
/** Different rows, by turns. */
const ROWS = 50;
const BASELINE = 'float32';

/** Predictions for a row of a dense network. */
export const predictRowBenchmark: Bench = defineBench({
  name: 'predict-row',
  description: `predicting for one row by a dense ${SIZES.join('-')} network, weights in 32 and in 8 bits, beside onnxruntime-web and TensorFlow.js (if they are installed), one thread, ms a row`,
  options: {},
  run: (told) => runPredictRow(SIZES, told),
});

/** Runs the benchmark; each way predicts `calls` rows in each of `rounds` rounds, of which the medians are taken. */
export async function runPredictRow(
  [inputs, ...units]: readonly [number, ...number[]],
  { onProgress }: Told = {},
  { rounds = 9, calls = 500 }: { readonly rounds?: number; readonly calls?: number } = {},
): Promise<BenchResult> {
  const classes = units.at(-1)!;
  const layers = [...units.slice(0, -1).map((count) => hidden(count)), softmax(classes)];
  using net = await Network.create(network(inputs, layers), { batchSize: 1 });
  using float32 = await net.freeze({ batchSize: 1 });
  using int8 = await net.freeze({ batchSize: 1, weights: 'int8' });
  const own = [float32, int8].map((frozen): RowPeer => {
    const run = async (row: Float32Array): Promise<Float32Array> =>
      frozen.outputs({ rows: 1, columns: inputs, inputs: row });
    return { name: frozen.format, figure: `${frozen.format}_ms`, run, close: async () => {} };
  });
  const tried = [
    await onnxPeer(await exportOnnx(float32)),
    await tensorFlowPeer(units.map((_count, layer) => net.copyWeights(layer))),
  ];
  const peers = tried.filter((peer) => typeof peer !== 'string');
  const ways = [...own, ...peers];
  const random = randomStream(1, 'rows');
  const rows = Array.from({ length: ROWS }, () =>
    Float32Array.from({ length: inputs }, () => random.uniform()),
  );
  try {
    const distances = await Promise.all(ways.map((way) => furthest(way, own[0]!, rows[0]!)));
    const times = await alternate(
      Object.fromEntries(ways.map((way) => [way.name, () => milliseconds(way, rows, calls)])),
      rounds,
      (name, round) => onProgress?.(`${name}, round ${round}`),
    );
    return {
      unit: 'ms a row',
      compare: 'speed-up',
      rows: ways.map(({ name }) => ({ name, sample: sample(times[name]!), baseline: name === BASELINE })),
      figures: Object.fromEntries(ways.map(({ name, figure }) => [figure, sample(times[name]!)])),
      notes: [
        `Dense ${[inputs, ...units].join('-')}, ReLU and softmax, all outputs of a row, weights in 32 bits unless they say int8; the ` +
          'median of each round. onnxruntime runs what exportOnnx gives.',
        `Outputs of a row differ from those in 32 bits by at most ${ways
          .map(({ name }, i) => `${distances[i]!.toExponential(0)} (${name})`)
          .join(', ')}.`,
        ...tried.filter((peer) => typeof peer === 'string'),
      ],
    };
  } finally {
    for (const peer of peers) await peer.close();
  }
}

async function furthest(way: RowPeer, exact: RowPeer, row: Float32Array): Promise<number> {
  const [outputs, wanted] = [await way.run(row), await exact.run(row)];
  return Math.max(...wanted.map((value, i) => Math.abs(value - outputs[i]!)));
}

/** The median milliseconds of a call. */
async function milliseconds(way: RowPeer, rows: readonly Float32Array[], calls: number): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const start = performance.now();
    await way.run(rows[call % rows.length]!);
    times.push(performance.now() - start);
  }
  return sample(times).median;
}
