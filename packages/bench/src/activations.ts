/** The study of the highest activations: what share of them hashing finds, before training and after it. */
import { mnistSubset } from '@hashgrad/datasets';
import { crossPolytope, dwta, pStable, simHash } from '@hashgrad/lsh';
import {
  type ActivationRecall,
  activationRecall,
  identity,
  l2Alsh,
  type LayerSample,
  signAlsh,
  simpleLsh,
} from '@hashgrad/mips';
import { hidden, Network, network, softmax } from '@hashgrad/sparse-nn';

export interface ActivationStudyOptions {
  /** Units of each of the two hidden layers; 1,000 unless given. */
  readonly units?: number;
  /** Default 5. */
  readonly epochs?: number;
  /** Inputs, of the test images; 200 unless given. */
  readonly samples?: number;
}

/** What a way finds in a layer. */
export interface ActivationRow extends Omit<ActivationRecall, 'way'> {
  readonly way: string;
  readonly trained: boolean;
  /** 1 or 2. */
  readonly layer: number;
}

/** Vectors that tables may give, as shares of the units. */
const SHARES = [0.05, 0.1, 0.25];

/** Trains a dense network on digits, and asks both of its hidden layers, at the start and in the end. */
export async function activationStudy(options: ActivationStudyOptions = {}): Promise<ActivationRow[]> {
  const { units = 1000, epochs = 5, samples = 200 } = options;
  const { train, test } = await mnistSubset();
  const inputs = test.inputs.slice(0, samples * test.columns);
  const spec = network(train.columns, [hidden(units), hidden(units), softmax(train.classes)]);
  using net = await Network.create(spec, { seed: 1, threads: 1, batchSize: 128 });
  const before = rowsOf(net, inputs, units, false);
  for await (const _ of net.fit(train, { epochs }));
  return [...before, ...rowsOf(net, inputs, units, true)];
}

function rowsOf(net: Network, inputs: Float32Array, units: number, trained: boolean): ActivationRow[] {
  const first = layerOf(net, 0, inputs);
  const second = layerOf(net, 1, outputsOf(first, units));
  const candidates = SHARES.map((share) => ({ candidates: Math.max(1, Math.round(share * units)) }));
  const ways = {
    'no transform, simHash': { transform: identity(), family: simHash({ bits: 6, tables: 64 }) },
    'simpleLsh, simHash': { transform: simpleLsh(), family: simHash({ bits: 6, tables: 64 }) },
    'signAlsh, simHash': { transform: signAlsh(), family: simHash({ bits: 6, tables: 64 }) },
    'simpleLsh, crossPolytope': { transform: simpleLsh(), family: crossPolytope({ bits: 6, tables: 64 }) },
    'no transform, dwta': { transform: identity(), family: dwta({ hashes: 2, tables: 64, binSize: 8 }) },
    'l2Alsh, pStable': { transform: l2Alsh(), family: pStable({ hashes: 6, tables: 64, width: 2.5 }) },
  };
  const all = [
    ...Object.values(ways).map((way) => ({
      index: { method: 'tables' as const, ...way },
      searches: candidates,
    })),
    { index: {}, searches: [{ slack: 0 }, { slack: 1 }] },
  ];
  const names = [...Object.keys(ways), 'signatures'];
  return [first, second].flatMap((layer, l) =>
    activationRecall(layer, all).map((row) => ({
      ...row,
      way: names[row.way] as string,
      trained,
      layer: l + 1,
    })),
  );
}

function layerOf(net: Network, index: number, inputs: Float32Array): LayerSample {
  const { values, stride, width, rows, bias } = net.weights(index);
  const weights = new Float32Array(rows * width);
  for (let u = 0; u < rows; u++) weights.set(values.subarray(u * stride, u * stride + width), u * width);
  return { dimensions: width, weights, bias: bias.slice(0, rows), inputs };
}

/** The layer's outputs: rectified sums. */
function outputsOf({ dimensions, weights, bias, inputs }: LayerSample, units: number): Float32Array {
  return Float32Array.from({ length: (inputs.length / dimensions) * units }, (_, at) => {
    const [x, w] = [Math.floor(at / units) * dimensions, (at % units) * dimensions];
    let sum = bias?.[at % units] ?? 0;
    for (let d = 0; d < dimensions; d++) sum += (weights[w + d] as number) * (inputs[x + d] as number);
    return Math.max(0, sum);
  });
}
