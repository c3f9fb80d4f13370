/** The measure 'choosing': how much of what an input excites most in a trained layer selectors find, and what choosing costs. */
import {
  type DenseExamples,
  hidden,
  Network,
  network,
  type SelectorSpec,
  sgd,
  softmax,
  type UnitWeights,
  workOf,
} from '@hashgrad/sparse-nn';
import { filled } from '../engine/filled.ts';
import type { MeasureContext, MeasureDefinition, Measured } from '../engine/measure.ts';
import type { Config } from '../engine/record.ts';
import { checkTask, loadRows } from '../tasks/index.ts';
import { type TrainedNetwork, trainedLayer } from '../tasks/trained-layer.ts';
import { checkShares, costsAt, foundWithin } from './goal.ts';

/** What the measure is given; plain JSON. */
export interface ChoosingConfig extends TrainedNetwork {
  /** Which of the hidden layers, from 1. */
  readonly layer: number;
  /** Share of its units that may fire: the highest so many are to be found. */
  readonly active: number;
  /** Ways of choosing, in the order of rising cost. */
  readonly selectors: readonly SelectorSpec[];
  /** Rows that ask; as many others teach hash functions that learn. */
  readonly rows: number;
  /** The share of the work of all products within which a choice's sum is told. */
  readonly within: number;
}

/** The goals, as shares of the sum of the highest activations. */
const GOALS = [0.5, 0.8, 0.9];

const BATCH = 128;

/** The base of a study: a dense network after 3 epochs, its second layer, 5 % of the units. `selectors` are for a factor to set. */
export function choosingConfig(task: ChoosingConfig['task'], options: Partial<ChoosingConfig> = {}): Config {
  const usual: ChoosingConfig = {
    task,
    network: { inputs: 784, hidden: [1000, 1000], classes: 10 },
    trainedBy: { kind: 'all' },
    epochs: 3,
    rate: 0.001,
    layer: 2,
    active: 0.05,
    selectors: [],
    rows: 1024,
    within: 0.25,
  };
  return filled('choosingConfig', usual, options) as unknown as Config;
}

/** The measure 'choosing'. */
export const choosingMeasure: MeasureDefinition = {
  name: 'choosing',
  description:
    'Chooses units of a trained layer by selectors of rising cost, and says how much of the sum of the highest activations they find, and ' +
    'what choosing takes.',
  metrics: ['mass', 'massWithin', ...GOALS.map((goal) => `chooseShareAt${100 * goal}`)],
  check(json) {
    const {
      task,
      network: shape,
      layer,
      active,
      selectors,
      rows,
      within,
    } = json as unknown as ChoosingConfig;
    checkTask(task);
    checkShares({ active, within });
    if (!(Number.isInteger(layer) && layer >= 1 && layer <= shape.hidden.length)) {
      throw new RangeError(`layer is one of the ${shape.hidden.length} hidden layers, from 1; got ${layer}.`);
    }
    if (!(Number.isInteger(rows) && rows >= 1)) {
      throw new RangeError(`rows is a whole number of at least 1; got ${JSON.stringify(rows)}.`);
    }
    if (!Array.isArray(selectors)) throw new TypeError('selectors is a list of ways of choosing.');
    for (const select of selectors) {
      networkOf(shape.hidden[layer - 2] ?? shape.inputs, shape.hidden[layer - 1] as number, select);
    }
  },
  prepare: async (json) => void (await loadRows((json as unknown as ChoosingConfig).task)),
  measure: (config, context) => choose(config as unknown as ChoosingConfig, context),
};

/** A network of one layer, whose weights no step moves: in 32 bits nothing is left of so small a rate. */
function networkOf(inputs: number, units: number, select: SelectorSpec) {
  return network(inputs, [hidden(units, select), softmax(2)], sgd({ rate: 1e-30 }));
}

async function choose(config: ChoosingConfig, { seed, progress }: MeasureContext): Promise<Measured> {
  const rows = await loadRows(config.task);
  const { weights, train, test } = await trainedLayer(rows, config, config.layer, config.rows, seed);
  const series = { chooseShare: [] as number[], mass: [] as number[], overlap: [] as number[] };
  for (const [index, select] of config.selectors.entries()) {
    const found = await foundOf(select, weights, train, test, seed);
    for (const name of ['chooseShare', 'mass', 'overlap'] as const) series[name].push(found[name]);
    await progress((index + 1) / config.selectors.length);
  }
  const { chooseShare, mass } = series;
  const within = foundWithin(mass, chooseShare, config.within);
  return {
    metrics: {
      mass: Math.max(...mass),
      ...(within !== undefined && { massWithin: within }),
      ...costsAt(mass, GOALS, { chooseShare }),
    },
    series,
  };
}

/** What one way finds. Shares are of the products of all units. */
async function foundOf(
  select: SelectorSpec,
  weights: UnitWeights,
  train: DenseExamples,
  test: DenseExamples,
  seed: number,
): Promise<{ readonly chooseShare: number; readonly mass: number; readonly overlap: number }> {
  const units = weights.bias.length;
  const spec = networkOf(train.columns, units, select);
  using net = await Network.create(spec, { seed, threads: 1, batchSize: BATCH });
  net.setWeights(0, weights);
  // Hash functions that learn do so in the first epoch; the second is what is counted.
  const examples = { ...train, labels: new Int32Array(train.rows) };
  let work = 0;
  for await (const report of net.fit(examples, { epochs: 2 })) work = workOf(report, ['hashing', 'choose']);
  const [{ overlap, activationMass } = { overlap: 1, activationMass: 1 }] = net.diagnose(test);
  return {
    chooseShare: work / (train.rows * train.columns * units),
    mass: activationMass,
    overlap,
  };
}
