/** A hidden layer of a network that was trained: its weights, and what comes into it. */
import { type DenseDataset, takeRows } from '@hashgrad/datasets';
import {
  adam,
  hidden,
  Network,
  network,
  type SelectorSpec,
  softmax,
  StandaloneLayer,
  type UnitWeights,
} from '@hashgrad/sparse-nn';
import { canonicalJson } from '../engine/json.ts';
import type { Config } from '../engine/record.ts';
import type { LabelledRows } from './task.ts';

/** How a network was trained; plain JSON. */
export interface TrainedNetwork {
  /** Gives rows with one label each. */
  readonly task: Config;
  readonly network: {
    readonly inputs: number;
    readonly hidden: readonly number[];
    readonly classes: number;
  };
  /** How hidden units were chosen in training: for all layers, or a list with one for each. */
  readonly trainedBy: SelectorSpec | readonly SelectorSpec[];
  /** 0: the weights as they are made. */
  readonly epochs: number;
  /** Of Adam. */
  readonly rate: number;
}

/** A layer with rows that come into it. */
export interface TrainedLayer {
  readonly weights: UnitWeights;
  /** The first rows of the training part, and of the test part, as the layer sees them. */
  readonly train: DenseDataset;
  readonly test: DenseDataset;
}

const BATCH = 128;
/** Of what was trained; a block has a few networks, and asks for them in any order. */
const MOST_KEPT = 12;
const kept = new Map<string, Promise<readonly UnitWeights[]>>();

/**
 * The hidden layer number `place`, from 1, of a network trained from `seed` on the rows of its task, and the first `count` rows of
 * both parts. The last networks are kept.
 */
export async function trainedLayer(
  rows: LabelledRows,
  spec: TrainedNetwork,
  place: number,
  count: number,
  seed: number,
): Promise<TrainedLayer> {
  const key = canonicalJson({ ...spec, seed });
  const made = kept.get(key) ?? trainedWeights(rows, spec, seed);
  kept.delete(key);
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  const weights = await made;
  const before = weights.slice(0, place - 1);
  return {
    weights: weights[place - 1] as UnitWeights,
    train: through(before, first(rows.train as DenseDataset, count)),
    test: through(before, first(rows.test as DenseDataset, count)),
  };
}

async function trainedWeights(
  { train }: LabelledRows,
  { network: shape, trainedBy, epochs, rate }: TrainedNetwork,
  seed: number,
): Promise<readonly UnitWeights[]> {
  const select = (layer: number): SelectorSpec =>
    Array.isArray(trainedBy) ? trainedBy[layer] : (trainedBy as SelectorSpec);
  const layers = [...shape.hidden.map((units, l) => hidden(units, select(l))), softmax(shape.classes)];
  const spec = network(shape.inputs, layers, adam({ rate }));
  using net = await Network.create(spec, { seed, threads: 1, batchSize: BATCH });
  if (epochs > 0) for await (const _ of net.fit(train, { epochs })) void _;
  return shape.hidden.map((_, l) => net.copyWeights(l));
}

const first = (part: DenseDataset, rows: number): DenseDataset => takeRows(part, Math.min(rows, part.rows));

/** The rows as they come out of layers, all of whose units are computed. */
function through(layers: readonly UnitWeights[], part: DenseDataset): DenseDataset {
  return layers.reduce((rows, weights) => {
    const units = weights.bias.length;
    using layer = StandaloneLayer.create({ inputs: rows.columns, layer: hidden(units), batchSize: BATCH });
    layer.setWeights(weights);
    const inputs = new Float32Array(rows.rows * units);
    for (let row = 0; row < rows.rows; row += BATCH) {
      const stop = Math.min(rows.rows, row + BATCH);
      const batch = rows.inputs.subarray(row * rows.columns, stop * rows.columns);
      inputs.set(layer.forwardAll({ rows: stop - row, columns: rows.columns, inputs: batch }), row * units);
    }
    return { ...rows, columns: units, inputs };
  }, part);
}
