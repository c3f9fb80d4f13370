/** The measure 'train': a network trained from scratch, evaluated after each epoch by both passes, and counted. */
import { type DenseDataset, selectRows, type Split } from '@hashgrad/datasets';
import { randomStream } from '@hashgrad/kernels';
import {
  adam,
  all,
  type EpochReport,
  hidden,
  Network,
  network,
  type NetworkSpec,
  type OptimizerSpec,
  PARTS,
  type Part,
  type SelectorSpec,
  softmax,
  type UpdateMode,
} from '@hashgrad/sparse-nn';
import { DEFAULT_RATE } from '../arms/hidden.ts';
import { collectGarbage } from '../collect-garbage.ts';
import type { MeasureContext, MeasureDefinition, Measured } from '../engine/measure.ts';
import type { Config, Cost, Stage } from '../engine/record.ts';
import type { ImagesTask } from '../tasks/images.ts';
import { checkTask, loadTask } from '../tasks/index.ts';

/** What the measure is given; plain JSON. Paths of `--set` lead into it. */
export interface TrainConfig {
  /** See `src/tasks`. */
  readonly task: ImagesTask | Config;
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
    readonly updateMode: UpdateMode;
  };
  /** Share of the hidden units that arms may compute, in (0, 1]: their selectors are made from it. */
  readonly active: number;
  /** How the units of hidden layers are chosen: for all layers, or a list with one for each. */
  readonly select: SelectorSpec | readonly SelectorSpec[];
  readonly optimizer: OptimizerSpec;
  /** Passes over the training rows. */
  readonly epochs: number;
  /** Samples a step. */
  readonly batchSize: number;
  readonly threads: number;
}

/** What a study's own metrics are computed of. */
export interface Trained {
  readonly network: Network;
  readonly train: DenseDataset;
  /** The test part; in tuning the validation part. */
  readonly test: DenseDataset;
}

/** The measure 'train'. */
export const trainMeasure: MeasureDefinition = {
  name: 'train',
  description:
    'Trains a network on a task, evaluates it after each epoch with all units and with the chosen ones only, and counts its work.',
  metrics: [
    'accuracy.full',
    'accuracy.sparse',
    'loss',
    'activeShare',
    'paddedShare',
    'secondsPerEpoch',
    'multiplyAdds',
    'work',
    'partSeconds',
  ],
  check,
  prepare,
  measure: (config, context) => train(config as unknown as TrainConfig, context),
};

/** The network that a config describes. @throws {Error} if it describes none. */
export function networkOf({ network: shape, select, optimizer }: TrainConfig): NetworkSpec {
  const widths = widthsOf(shape);
  const selectors = Array.isArray(select)
    ? (select as readonly SelectorSpec[])
    : widths.map(() => select as SelectorSpec);
  if (selectors.length !== widths.length) {
    throw new RangeError(
      `select has ${selectors.length} selectors, but network.hidden has ${widths.length} layers; give one, or one for each.`,
    );
  }
  const layers = widths.map((units, index) => hidden(units, selectors[index] as SelectorSpec));
  return network(shape.inputs, [...layers, softmax(shape.classes)], optimizer, {
    updateMode: shape.updateMode,
  });
}

/** Units of the hidden layers that the network has. */
function widthsOf({ hidden: units, narrow }: TrainConfig['network']): number[] {
  return units.map((each) => (narrow === 1 ? each : Math.max(1, Math.round(narrow * each))));
}

function check(json: Config, stage: Stage): void {
  const config = json as unknown as TrainConfig;
  checkTask(config.task);
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
  if (stage === 'tune' && validation === 0) {
    throw new RangeError('there is nothing to tune on: set validation to a share above 0, such as 0.1.');
  }
  for (const name of ['epochs', 'batchSize', 'threads'] as const) {
    if (!(Number.isInteger(config[name]) && config[name] >= 1)) {
      throw new RangeError(`${name} is a whole number of at least 1; got ${JSON.stringify(config[name])}.`);
    }
  }
  networkOf(config);
}

async function prepare(json: Config): Promise<void> {
  const { network: shape, task } = json as unknown as TrainConfig;
  const { name, train: rows } = await loadTask(task);
  for (const [key, wanted, there] of [
    ['inputs', shape.inputs, rows.columns],
    ['classes', shape.classes, rows.classes],
  ] as const) {
    if (wanted !== there) {
      throw new RangeError(
        `network.${key} is ${wanted}, but the task ${name} has ${there}: set network.${key}=${there}.`,
      );
    }
  }
}

async function train(config: TrainConfig, context: MeasureContext): Promise<Measured> {
  const { epochs, batchSize, threads } = config;
  const data = partsOf(await loadTask(config.task), config.validation, context.stage);
  const reports: EpochReport[] = [];
  const series = new Series();
  const spec = networkOf(config);
  try {
    using net = await Network.create(spec, { seed: context.seed, threads, batchSize });
    let loss = 0;
    for await (const report of net.fit(data.train, { epochs })) {
      const full = net.evaluate(data.test, { pass: 'full' });
      const sparse = net.evaluate(data.test, { pass: 'sparse' });
      reports.push(report);
      loss = full.loss;
      series.add({
        epoch: report.epoch,
        step: sum(reports.map(({ steps }) => steps)),
        seconds: sum(reports.map(({ seconds }) => seconds)),
        multiplyAdds: sum(reports.flatMap(({ multiplyAdds }) => Object.values(multiplyAdds))),
        trainingLoss: report.loss,
        loss: full.loss,
        'accuracy.full': full.accuracy,
        'accuracy.sparse': sparse.accuracy,
      });
      await context.progress(report.epoch / epochs);
    }
    const samples = sum(reports.map((report) => report.samples));
    const multiplyAdds = (part: Part): number =>
      sum(reports.map((report) => report.multiplyAdds[part])) / samples;
    // A narrow network computes all units it has, but it has only a share of the study's.
    const share = sum(widthsOf(config.network)) / sum(config.network.hidden);
    return {
      metrics: {
        'accuracy.full': series.last('accuracy.full'),
        'accuracy.sparse': series.last('accuracy.sparse'),
        loss,
        activeShare: (sum(reports.map((report) => report.activeShare)) / epochs) * share,
        paddedShare: reports.at(-1)?.paddedShare ?? 0,
        secondsPerEpoch: sum(reports.map(({ seconds }) => seconds)) / epochs,
        multiplyAdds: sum(PARTS.map(multiplyAdds)),
        ...context.own({ network: net, ...data } satisfies Trained),
      },
      series: series.lists,
      cost: Object.fromEntries(PARTS.map((part) => [part, onlyMultiplyAdds(multiplyAdds(part))])),
      partSeconds: Object.fromEntries(
        PARTS.map((part) => [part, sum(reports.map((report) => report.partSeconds[part]))]),
      ),
    };
  } finally {
    collectGarbage();
  }
}

/**
 * The rows to train on and those to evaluate on. Held-out rows are drawn the same way for every arm and seed, and are trained
 * on in no stage, so that what was tuned stays right.
 */
function partsOf(
  { train: rows, test }: Split<DenseDataset>,
  validation: number,
  stage: MeasureContext['stage'],
): { train: DenseDataset; test: DenseDataset } {
  if (validation === 0) return { train: rows, test };
  const held = Math.max(1, Math.round(validation * rows.rows));
  const order = Int32Array.from({ length: rows.rows }, (_, row) => row);
  const random = randomStream(1, 'validation rows');
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  const kept = selectRows(rows, order.subarray(held).toSorted());
  return {
    train: kept,
    test: stage === 'tune' ? selectRows(rows, order.subarray(0, held).toSorted()) : test,
  };
}

/** Until networks count comparisons and look-ups of their own, all work is in multiply-adds. */
function onlyMultiplyAdds(multiplyAdds: number): Cost {
  return { multiplyAdds, comparisons: 0, additions: 0, words: 0, entries: 0 };
}

/** Values over training by name. */
class Series {
  readonly lists: Record<string, number[]> = {};

  add(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) (this.lists[name] ??= []).push(value);
  }

  last(name: string): number {
    return this.lists[name]?.at(-1) as number;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
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
export function trainConfig({ network: shape, ...options }: TrainOptions): Config {
  const config: TrainConfig = {
    validation: 0,
    network: { narrow: 1, updateMode: 'neuron', ...shape },
    active: 1,
    select: all(),
    optimizer: adam({ rate: DEFAULT_RATE }),
    epochs: 4,
    batchSize: 128,
    threads: 2,
    ...options,
  };
  return config as unknown as Config;
}
