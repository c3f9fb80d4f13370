/** The update modes beside each other: time a sample, what an epoch teaches, and how often threads would collide. */
import { mnistSubset } from '@hashgrad/datasets';
import { adagrad, hidden, lsh, Network, network, nonZerosOf, softmax } from '@hashgrad/sparse-nn';
import type { ActiveUnits, LayerSpec, UpdateMode } from '@hashgrad/sparse-nn';
import { simHash } from '@hashgrad/lsh';
import { mean } from 'simple-statistics';
import { percent, plural, threadsLabel } from '../format.ts';
import type { Labelled } from './lib/batches.ts';
import { isSparse } from './lib/batches.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { seedsOption } from './lib/options.ts';
import { conflictShare } from './conflicts.ts';
import { sample } from './lib/measure.ts';
import { type BenchResult, type BenchRow, type BenchTable, within } from './lib/result.ts';
import { wideData } from './wide/task.ts';

/** What is trained. */
export interface UpdateModesTask {
  readonly name: string;
  readonly train: Labelled;
  readonly test: Labelled;
  readonly layers: readonly LayerSpec[];
  readonly batchSize: number;
  /** Adagrad's rate where a batch is a step, */
  readonly rate: number;
  /** and where a sample is. */
  readonly sampleRate: number;
}

interface UpdateModesArm {
  readonly updateMode: UpdateMode;
  readonly threads: number;
  /** A batch of one: what the modes by sample are to be faster than. */
  readonly single?: boolean;
}

const ARMS: readonly UpdateModesArm[] = [
  { updateMode: 'neuron', threads: 1, single: true },
  { updateMode: 'neuron', threads: 1 },
  { updateMode: 'neuron', threads: 2 },
  { updateMode: 'sample', threads: 1 },
  { updateMode: 'hogwild', threads: 2 },
  { updateMode: 'union', threads: 1 },
  { updateMode: 'union', threads: 2 },
];

const THREADS = [2, 4, 8, 16, 32, 64];
/** Batches whose active sets are kept for the simulation: the last ones of an epoch. */
const KEPT = 8;

/** All update modes on a perceptron and on a small wide softmax. */
export const updateModesBenchmark: Bench = defineBench<{ readonly seeds: readonly number[] }>({
  name: 'update-modes',
  description:
    'the update modes (neuron, sample, hogwild, union) on MNIST with 5 % active and on a small wide softmax: ' +
    'µs a sample, accuracy after an epoch, and conflicts of up to 64 threads',
  options: { seeds: seedsOption([1, 2, 3]) },
  run: async (options) => runUpdateModes(await updateModesTasks(), options),
});

async function updateModesTasks(): Promise<UpdateModesTask[]> {
  const mnist = await mnistSubset();
  const wide = wideData({
    train: 8192,
    test: 2000,
    features: 5000,
    hidden: 64,
    labels: 5000,
    active: 250,
    batchSize: 128,
  });
  const five = lsh({ fraction: 0.05, family: simHash({ bits: 4, tables: 50 }) });
  const labels = lsh({ count: 250, family: simHash({ bits: 6, tables: 16 }) });
  return [
    {
      ...mnist,
      name: 'mlp',
      layers: [hidden(1000, five), hidden(1000, five), softmax(mnist.train.classes)],
      batchSize: 128,
      rate: 0.03,
      sampleRate: 0.02,
    },
    {
      ...wide,
      name: 'wide',
      layers: [hidden(64), softmax(wide.train.classes, labels)],
      batchSize: 128,
      rate: 0.02,
      sampleRate: 0.01,
    },
  ];
}

/** What one arm's epochs gave, one a seed. */
interface ArmEpochs {
  readonly task: UpdateModesTask;
  readonly arm: UpdateModesArm;
  readonly micros: number[];
  readonly accuracies: number[];
  readonly losses: number[];
}

/** Trains every arm of every task for an epoch from each seed, by turns. */
export async function runUpdateModes(
  tasks: readonly UpdateModesTask[],
  { seeds, onProgress }: { readonly seeds: readonly number[] } & Told,
): Promise<BenchResult> {
  const learned = tasks.flatMap((task) =>
    ARMS.map((arm): ArmEpochs => ({ task, arm, micros: [], accuracies: [], losses: [] })),
  );
  const active = new Map<UpdateModesTask, ActiveUnits[][]>();
  for (const seed of seeds) {
    for (const each of learned) {
      const { task, arm } = each;
      using net = await create(task, arm, seed);
      const kept: ActiveUnits[][] = [];
      const onStep = (): void => {
        if (arm.updateMode !== 'sample') return;
        kept.push(task.layers.flatMap((_, l) => net.active(l) ?? []));
        if (kept.length > KEPT) kept.shift();
      };
      for await (const { seconds, samples, loss } of net.fit(task.train, { epochs: 1, onStep })) {
        each.micros.push((1e6 * seconds) / samples);
        each.losses.push(loss);
      }
      if (kept.length > 0) active.set(task, kept);
      each.accuracies.push(net.evaluate(task.test).accuracy);
      onProgress?.(`${nameOf(each)}, seed ${seed}: ${each.micros.at(-1)?.toFixed(0)} µs a sample`);
    }
  }
  return {
    unit: 'µs a sample',
    compare: 'speed-up',
    rows: learned.map((each): BenchRow => ({
      name: nameOf(each),
      sample: sample(each.micros),
      baseline: each.arm.single === true,
      group: each.task.name,
    })),
    tables: [accuracyTable(learned, seeds.length), conflictsTable(tasks, active)],
    figures: {
      ...Object.fromEntries(learned.map((each) => [`${keyOf(each)}_us`, sample(each.micros)])),
      ...Object.fromEntries(
        learned.map((each) => [`${keyOf(each)}_accuracy`, within(mean(each.accuracies), 0.01)]),
      ),
      ...Object.fromEntries(
        tasks.map((task) => [`${task.name}_conflicts_64t`, mean(sharesOf(active.get(task), 64))]),
      ),
    },
    notes: [
      'lsh; rates of Adagrad: ' +
        tasks.map(({ name, rate, sampleRate }) => `${name} ${rate}, by sample ${sampleRate}`).join('; ') +
        '. Batches of one have the rate by sample.',
      'Conflicts: if so many threads had a sample each at the same time, the share of row updates that meet one of another thread. ' +
        'It is an upper bound: a row counts for the whole of a sample’s time.',
    ],
  };
}

function create(
  task: UpdateModesTask,
  { updateMode, threads, single }: UpdateModesArm,
  seed: number,
): Promise<Network> {
  const { train, test, layers, rate, sampleRate } = task;
  const batchSize = single ? 1 : task.batchSize;
  const optimizer = adagrad({
    rate: single || updateMode === 'sample' || updateMode === 'hogwild' ? sampleRate : rate,
  });
  const nonZeros = isSparse(train) && isSparse(test) ? nonZerosOf([train, test], batchSize) : 0;
  const spec = network(train.columns, layers, optimizer, { updateMode });
  return Network.create(spec, { seed, threads, batchSize, nonZeros });
}

function nameOf({ task, arm: { updateMode, threads, single } }: ArmEpochs): string {
  return `${task.name}: ${updateMode}, batch ${single ? 1 : task.batchSize}, ${threadsLabel(threads)}`;
}

function keyOf({ task, arm: { updateMode, threads, single } }: ArmEpochs): string {
  return single ? `${task.name}_batch_1` : `${task.name}_${updateMode}_${threads}t`;
}

function accuracyTable(learned: readonly ArmEpochs[], seeds: number): BenchTable {
  return {
    title: `After an epoch, means of ${plural(seeds, 'seed')}: test accuracy, all units, and the loss of training`,
    head: ['', 'accuracy, %', 'least', 'most', 'loss'],
    rows: learned.map((each) => [
      nameOf(each),
      percent(mean(each.accuracies)),
      percent(Math.min(...each.accuracies)),
      percent(Math.max(...each.accuracies)),
      mean(each.losses).toFixed(3),
    ]),
  };
}

/** The share of conflicts in each layer that selects. */
function sharesOf(batches: readonly (readonly ActiveUnits[])[] | undefined, threads: number): number[] {
  const layers = batches?.[0]?.length ?? 0;
  return Array.from({ length: layers }, (_, l) =>
    conflictShare(
      (batches ?? []).map((batch) => batch[l] as ActiveUnits),
      threads,
    ),
  );
}

function conflictsTable(
  tasks: readonly UpdateModesTask[],
  active: ReadonlyMap<UpdateModesTask, readonly (readonly ActiveUnits[])[]>,
): BenchTable {
  const rows = tasks.flatMap((task) => {
    const byThreads = THREADS.map((threads) => sharesOf(active.get(task), threads));
    return (byThreads[0] ?? []).map((_, l) => [
      `${task.name}, layer ${l + 1} of those that select`,
      ...byThreads.map((shares) => percent(shares[l] as number)),
    ]);
  });
  return {
    title: 'Hogwild: row updates that would meet another thread’s, %, by the number of threads',
    head: ['', ...THREADS.map(String)],
    rows,
  };
}
