/** The measure 'train': a network trained from scratch, evaluated in the course of training, and counted. */
import { classCounts, type DenseDataset } from '@hashgrad/datasets';
import {
  adam,
  all,
  type EpochReport,
  hidden,
  type HiddenActivation,
  Network,
  network,
  type NetworkSpec,
  nonZerosOf,
  type OptimizerSpec,
  PARTS,
  type Part,
  type SelectorSpec,
  softmax,
  type UpdateMode,
  OPERATIONS,
} from '@hashgrad/sparse-nn';
import { DEFAULT_RATE } from '../arms/hidden.ts';
import { type ConnectionsConfig, connectionsOf } from '../arms/sizes.ts';
import { withFrequencies } from '../arms/outputs.ts';
import { collectGarbage } from './collect-garbage.ts';
import { filled } from '../engine/filled.ts';
import type { MeasureContext, MeasureDefinition, Measured } from '../engine/measure.ts';
import type { Config, Cost, Stage } from '../engine/record.ts';
import type { ExtremeTask } from '../tasks/extreme.ts';
import type { ImagesTask } from '../tasks/images.ts';
import { checkTask, loadRows } from '../tasks/index.ts';
import { deadShare, evaluate, gains, isMultiLabel } from './evaluation.ts';
import { partsOf, type Rows } from './held-out.ts';
import { checkLength, Length, type LengthConfig, NO_BUDGET } from './length.ts';
import { trainSegments } from './segments.ts';
import { sum } from './sums.ts';

/** What the measure is given; plain JSON. Paths of `--set` lead into it. */
export interface TrainConfig extends LengthConfig {
  /** See `src/tasks`. */
  readonly task: ImagesTask | ExtremeTask | Config;
  /** Share of the training rows that is held out to tune on, in [0, 1); nothing is trained on it in any stage. */
  readonly validation: number;
  readonly network: {
    /** Dimension of the input. */
    readonly inputs: number;
    /** Units of the hidden layers. */
    readonly hidden: readonly number[];
    readonly classes: number;
    /** Share of the hidden units that the network has, in (0, 1]: 1, but for a narrow network. */
    readonly narrow: number;
    /** Of the hidden layers: for all, or a list with one for each. */
    readonly activation: HiddenActivation | readonly HiddenActivation[];
    readonly updateMode: UpdateMode;
    /** Which of the weights of hidden layers there are; null for all. */
    readonly connections: ConnectionsConfig | null;
  };
  /** Share of the hidden units that arms may compute, in (0, 1]: their selectors are made from it. */
  readonly active: number;
  /** How the units of hidden layers are chosen: for all layers, or a list with one for each. */
  readonly select: SelectorSpec | readonly SelectorSpec[];
  readonly outputs: {
    /** Classes that arms may compute for a training row, at most: their selectors are made from it. */
    readonly active: number;
    /** How the classes that are computed in training are chosen. */
    readonly select: SelectorSpec;
  };
  readonly optimizer: OptimizerSpec;
  /**
   * Shares of training after which the network is evaluated, in (0, 1]; it is at the end in any case. Null: after each epoch.
   * Within an epoch they change what is trained: between two of them the rows have their own random order. With a budget, null.
   */
  readonly evaluations: readonly number[] | null;
  /** Samples a step. */
  readonly batchSize: number;
  readonly threads: number;
}

/** What a study's own metrics are computed of. Rows are a `SparseDataset` where a task gives such. */
export interface Trained<R extends Rows = DenseDataset> {
  readonly network: Network;
  readonly train: R;
  /** The test part; in tuning the validation part. */
  readonly test: R;
}

/** The measure 'train'. */
export const trainMeasure: MeasureDefinition = {
  name: 'train',
  description:
    'Trains a network on a task, evaluates it meanwhile, with all units and, where rows have one label each, with the chosen ' +
    'ones only, too, and counts its work.',
  metrics: [
    'accuracy.full',
    'accuracy.sparse',
    'precision1',
    'precision5',
    'loss',
    'loss.sparse',
    'gain.precision1',
    'gain.loss',
    'activeShare',
    'paddedShare',
    'deadShare',
    'secondsPerEpoch',
    'secondsPer100k',
    'multiplyAdds',
    'work',
    'partSeconds',
  ],
  check,
  prepare,
  measure: (config, context) => train(config as unknown as TrainConfig, context),
};

/**
 * The network that a config describes.
 *
 * @param frequencies how many of the training rows have each class; any will do to check a config.
 * @throws {Error} if it describes none.
 */
function networkOf(
  { network: shape, select, outputs, optimizer, epochs, batchSize }: TrainConfig,
  frequencies: Int32Array,
  rows: number,
): NetworkSpec {
  const widths = widthsOf(shape);
  const selectors = byLayer('select', 'selectors', select, widths);
  const activations = byLayer('network.activation', 'activations', shape.activation, widths);
  const steps = epochs === null ? undefined : Math.ceil((epochs * rows) / batchSize);
  const connections = shape.connections ? connectionsOf(shape.connections, steps) : undefined;
  const layers = widths.map((units, index) =>
    hidden(units, selectors[index], { activation: activations[index] as HiddenActivation, connections }),
  );
  const output = softmax(shape.classes, withFrequencies(outputs.select, frequencies, rows));
  return network(shape.inputs, [...layers, output], optimizer, {
    updateMode: shape.updateMode,
  });
}

/** One for each hidden layer. @throws {RangeError} if a list has another length. */
function byLayer<T>(
  path: string,
  what: string,
  given: T | readonly T[],
  widths: readonly number[],
): readonly T[] {
  if (!Array.isArray(given)) return widths.map(() => given as T);
  if (given.length === widths.length) return given as readonly T[];
  throw new RangeError(
    `${path} has ${given.length} ${what}, but network.hidden has ${widths.length} layers; give one, or one for each.`,
  );
}

/** Units of the hidden layers that the network has. */
function widthsOf({ hidden: units, narrow }: TrainConfig['network']): number[] {
  return units.map((each) => (narrow === 1 ? each : Math.max(1, Math.round(narrow * each))));
}

function check(json: Config, stage: Stage): void {
  const config = json as unknown as TrainConfig;
  const { definition } = checkTask(config.task);
  const { network: shape, validation } = config;
  if (!Array.isArray(shape?.hidden) || shape.hidden.length === 0) {
    throw new TypeError(`network.hidden is a list of widths; got ${JSON.stringify(shape?.hidden)}.`);
  }
  if (!(shape.narrow > 0 && shape.narrow <= 1)) {
    throw new RangeError(`network.narrow is a share above 0 and up to 1; got ${shape.narrow}.`);
  }
  if (!(validation >= 0 && validation < 1)) {
    throw new RangeError(`validation is a share from 0 to below 1; got ${validation}.`);
  }
  if (definition.scoresTraining && validation > 0) {
    throw new RangeError(
      `a task of the kind ${definition.kind} is scored on its training rows, of which none are held out: set validation to 0; got ${validation}.`,
    );
  }
  if (stage === 'tune' && validation === 0 && !definition.scoresTraining) {
    throw new RangeError('there is nothing to tune on: set validation to a share above 0, such as 0.1.');
  }
  checkLength(config);
  for (const name of ['batchSize', 'threads'] as const) {
    if (!(Number.isInteger(config[name]) && config[name] >= 1)) {
      throw new RangeError(`${name} is a whole number of at least 1; got ${JSON.stringify(config[name])}.`);
    }
  }
  const { evaluations } = config;
  if (evaluations !== null && !(Array.isArray(evaluations) && evaluations.every((at) => at > 0 && at <= 1))) {
    throw new RangeError(
      `evaluations are shares of training above 0 and up to 1, or null for each epoch; got ${JSON.stringify(evaluations)}.`,
    );
  }
  if (
    evaluations !== null &&
    (config.epochs === null || Object.values(config.budget).some((most) => most !== null))
  ) {
    throw new RangeError(
      'evaluations are shares of the epochs: where a budget ends training, set them to null.',
    );
  }
  networkOf(config, new Int32Array(shape.classes).fill(1), 1);
}

async function prepare(json: Config): Promise<void> {
  const { network: shape, task } = json as unknown as TrainConfig;
  const { name, train: rows } = await loadRows(task);
  const wrong = (
    [
      ['inputs', shape.inputs, rows.columns],
      ['classes', shape.classes, rows.classes],
    ] as const
  ).filter(([, wanted, there]) => wanted !== there);
  if (wrong.length > 0) {
    const said = wrong.map(
      ([key, wanted, there]) => `network.${key} is ${wanted}, but the task ${name} has ${there}`,
    );
    const wanted = wrong.map(([key, , there]) => `network.${key}=${there}`);
    throw new RangeError(`${said.join('; ')}: set ${wanted.join(' and ')}.`);
  }
  if (isMultiLabel(rows) && rows.classes < 5) {
    throw new RangeError(`P@5 needs 5 classes or more; the task ${name} has ${rows.classes}.`);
  }
}

async function train(config: TrainConfig, context: MeasureContext): Promise<Measured> {
  const { evaluations, batchSize, threads } = config;
  const task = await loadRows(config.task);
  const data = partsOf(task, config.validation, context.stage);
  const reports: (EpochReport & { readonly shareOfEpoch: number })[] = [];
  const series = new Series();
  const spec = networkOf(config, classCounts(data.train), data.train.rows);
  const nonZeros = isMultiLabel(data.train) ? nonZerosOf([data.train, data.test], batchSize) : 0;
  try {
    using net = await Network.create(spec, { seed: context.seed, threads, batchSize, nonZeros });
    let measured: Readonly<Record<string, number>> = {};
    const training = trainSegments(net, data.train, task.trainAt, new Length(config), evaluations, batchSize);
    for await (const { report, epoch, done, evaluated } of training) {
      reports.push({ ...report, epoch, shareOfEpoch: report.samples / data.train.rows });
      if (!evaluated) continue;
      measured = evaluate(net, data.test);
      series.add({
        epoch,
        rows: sum(reports.map(({ samples }) => samples)),
        step: sum(reports.map(({ steps }) => steps)),
        seconds: sum(reports.map(({ seconds }) => seconds)),
        ...Object.fromEntries(
          OPERATIONS.map((name) => [name, sum(reports.flatMap((each) => Object.values(each[name])))]),
        ),
        trainingLoss: report.loss,
        ...measured,
      });
      await context.progress(done);
    }
    const samples = sum(reports.map((report) => report.samples));
    // A budget may end within the last epoch.
    const epochs = samples / data.train.rows;
    const last = Math.ceil(epochs);
    const cost = Object.fromEntries(PARTS.map((part) => [part, meanCost(reports, part, samples)]));
    // A narrow network computes all units it has, but it has only a share of the study's.
    const share = sum(widthsOf(config.network)) / sum(config.network.hidden);
    return {
      metrics: {
        ...measured,
        ...gains(measured, data),
        ...deadShare(net, data.test),
        activeShare: (overEpochs(reports, 'activeShare') / epochs) * share,
        paddedShare:
          overEpochs(
            reports.filter(({ epoch }) => epoch === last),
            'paddedShare',
          ) / (epochs % 1 || 1),
        secondsPerEpoch: sum(reports.map(({ seconds }) => seconds)) / epochs,
        secondsPer100k: (1e5 * sum(reports.map(({ seconds }) => seconds))) / samples,
        multiplyAdds: sum(Object.values(cost).map(({ multiplyAdds }) => multiplyAdds)),
        ...context.own({ network: net, ...data } satisfies Trained<Rows>),
      },
      series: series.lists,
      cost,
      partSeconds: Object.fromEntries(
        PARTS.map((part) => [part, sum(reports.map((report) => report.partSeconds[part]))]),
      ),
    };
  } finally {
    collectGarbage();
  }
}

/** The sum over epochs of a share, of which each segment of an epoch has its part. */
function overEpochs(
  reports: readonly (EpochReport & { readonly shareOfEpoch: number })[],
  name: 'activeShare' | 'paddedShare',
): number {
  return sum(reports.map((report) => report[name] * report.shareOfEpoch));
}

/** What a part cost for each of so many samples. */
function meanCost(reports: readonly EpochReport[], part: Part, samples: number): Cost {
  return Object.fromEntries(
    OPERATIONS.map((name) => [name, sum(reports.map((report) => report[name][part])) / samples]),
  ) as unknown as Cost;
}

/** Values over training by name. */
class Series {
  readonly lists: Record<string, number[]> = {};

  add(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) (this.lists[name] ??= []).push(value);
  }
}

/** What a study must say of its network; the rest has defaults. */
export type TrainOptions = Pick<TrainConfig, 'task'> & {
  readonly network: Pick<TrainConfig['network'], 'inputs' | 'hidden' | 'classes'> &
    Partial<TrainConfig['network']>;
} & Partial<Omit<TrainConfig, 'task' | 'network'>>;

/**
 * The base of a study: a config with everything that can be varied. Unless `options` say otherwise all units are computed, by
 * Adam at {@link DEFAULT_RATE}, for 4 epochs in batches of 128, on two threads.
 */
export function trainConfig({ task, network: shape, ...options }: TrainOptions): Config {
  const { inputs, hidden: widths, classes, ...others } = shape;
  const usual: Omit<TrainConfig['network'], 'inputs' | 'hidden' | 'classes'> = {
    narrow: 1,
    activation: 'relu',
    updateMode: 'neuron',
    connections: null,
  };
  const config: Omit<TrainConfig, 'task'> = {
    validation: 0,
    network: { inputs, hidden: widths, classes, ...filled('The network of trainConfig', usual, others) },
    active: 1,
    select: all(),
    outputs: { active: shape.classes, select: all() },
    optimizer: adam({ rate: DEFAULT_RATE }),
    epochs: 4,
    budget: NO_BUDGET,
    evaluations: null,
    batchSize: 128,
    threads: 2,
  };
  return { task, ...filled('trainConfig', config, options) } as unknown as Config;
}
