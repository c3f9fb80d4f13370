/** Learning by heart with few of many hidden units: seconds an epoch, beside a narrow dense network of equal work. */
import type { DenseDataset } from '@hashgrad/datasets';
import {
  COST_WEIGHTS,
  type EpochReport,
  Network,
  OPERATIONS,
  PARTS,
  type WorkCounts,
} from '@hashgrad/sparse-nn';
import { mean, sum } from 'simple-statistics';
import { armSpec } from '../arms/hidden.ts';
import { count, percent, plural, thousands, threadsLabel } from '../format.ts';
import { memorise } from '../tasks/memorise.ts';
import { loadRows } from '../tasks/index.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { alternate, ratio, type Sample, sample } from './lib/measure.ts';
import type { BenchResult, BenchRow, BenchTable, Figure } from './lib/result.ts';
import { byPart } from './lib/steps.ts';

/** What is trained. */
export interface MemoriseSettings {
  readonly hidden: number;
  /** Units that are computed for a row. */
  readonly active: number;
  readonly batchSizes: readonly number[];
  readonly threads: readonly number[];
  /** Epochs that are timed; one comes before them. */
  readonly epochs: number;
}

/** The task of the study of capacity. */
const SETTINGS: MemoriseSettings = {
  hidden: 2048,
  active: 51,
  batchSizes: [128, 512],
  threads: [1, 2],
  epochs: 7,
};
const TASK = memorise();

/** The rate at which the arms learn best, by the study of capacity. */
const RATE = 0.001;

/** Choices that persist. */
const ARMS = ['persistent', 'lshFrozen', 'blocks'] as const;

/** Epochs of the task of memorisation. */
export const memoriseBenchmark: Bench = defineBench({
  name: 'memorise',
  description:
    `learning ${thousands(TASK.rows)} rows by heart, ${TASK.dimensions}-${SETTINGS.hidden}-${TASK.classes} with ${SETTINGS.active} active hidden units: ` +
    `${ARMS.join(', ')}, each beside a narrow dense network of equal work, in batches of ${SETTINGS.batchSizes.join(' and ')}, seconds an epoch`,
  options: {},
  run: async (told) => runMemorise((await loadRows(TASK)).train as DenseDataset, SETTINGS, told),
});

/** A network that is trained. */
interface Run {
  readonly name: string;
  /** An arm of the studies. */
  readonly arm: string;
  /** Hidden units that are computed. */
  readonly active: number;
  readonly batchSize: number;
  readonly threads: number;
  /** Runs of equal work are compared. */
  readonly group: string;
}

/** Runs the benchmark on any rows. */
export async function runMemorise(
  train: DenseDataset,
  settings: MemoriseSettings,
  { onProgress }: Told = {},
): Promise<BenchResult> {
  const runs: Run[] = [];
  for (const batchSize of settings.batchSizes) {
    for (const arm of ARMS) {
      const narrow = await equalWidth(train, settings, arm, batchSize);
      for (const threads of settings.threads) {
        const how = `batch ${batchSize}, ${threadsLabel(threads)}`;
        const common = { batchSize, threads, group: `${arm}, ${how}` };
        runs.push({ ...common, arm, active: settings.active, name: `${arm}, ${how}` });
        runs.push({ ...common, arm: 'narrow', active: narrow, name: `narrow of ${narrow}, ${how}` });
      }
    }
  }
  const { epochs } = settings;
  const reports = await trainAll(train, settings, runs, (round) =>
    onProgress?.(`${plural(runs.length, 'network')}, epoch ${round} of ${epochs} done`),
  );
  const rows = runs.map(({ name, arm, group }, index): BenchRow => ({
    name,
    group,
    sample: sample(reports[index]!.map(({ seconds }) => seconds)),
    baseline: arm === 'narrow',
  }));
  return {
    unit: 's an epoch',
    rows,
    tables: [workTable(runs, reports), partsTable(runs, reports)],
    figures: figuresOf(runs, rows),
    notes: [
      `Adam with rate ${RATE}, ${thousands(train.rows)} rows an epoch. A narrow network has as many hidden units as make its work, by every ` +
        'count, that of the arm above it: the ratio is what choosing costs in time beyond what it costs in work.',
    ],
  };
}

async function create(
  { columns: inputs, classes }: DenseDataset,
  { hidden }: Pick<MemoriseSettings, 'hidden'>,
  { arm, active, batchSize, threads }: Pick<Run, 'arm' | 'active' | 'batchSize' | 'threads'>,
): Promise<Network> {
  const spec = armSpec(arm, { inputs, classes, hidden: [hidden], fraction: active / hidden, rate: RATE });
  return Network.create(spec, { threads, batchSize });
}

async function epochOf(network: Network, train: DenseDataset): Promise<EpochReport> {
  for await (const report of network.fit(train, { epochs: 1 })) return report;
  throw new Error('The training ended before its first epoch.');
}

/** All work of an epoch, in multiply-adds. */
function workOf(report: WorkCounts): number {
  return sum(OPERATIONS.map((kind) => COST_WEIGHTS[kind] * sum(PARTS.map((part) => report[kind][part]))));
}

/** How many hidden units a dense network has whose work is the arm's: that grows by as much with each unit. */
async function equalWidth(
  train: DenseDataset,
  settings: MemoriseSettings,
  arm: string,
  batchSize: number,
): Promise<number> {
  const work = async (own: string, active: number): Promise<number> => {
    using network = await create(train, settings, { arm: own, active, batchSize, threads: 1 });
    return workOf(await epochOf(network, train));
  };
  const [few, more] = [settings.active, 2 * settings.active];
  const [low, high] = [await work('narrow', few), await work('narrow', more)];
  const wanted = await work(arm, settings.active);
  return Math.max(1, Math.round(few + ((wanted - low) / (high - low)) * (more - few)));
}

/** Reports of the timed epochs of all runs, by turns. */
async function trainAll(
  train: DenseDataset,
  settings: MemoriseSettings,
  runs: readonly Run[],
  onRound: (round: number) => void,
): Promise<EpochReport[][]> {
  const networks: Network[] = [];
  const reports = runs.map((): EpochReport[] => []);
  try {
    for (const run of runs) networks.push(await create(train, settings, run));
    const trains = networks.map((network, index) => async (): Promise<number> => {
      const report = await epochOf(network, train);
      reports[index]!.push(report);
      return report.seconds;
    });
    const last = String(runs.length - 1);
    await alternate(
      Object.fromEntries(trains.map((each, index) => [index, each])),
      settings.epochs + 1,
      (name, round) => {
        if (name === last) onRound(round - 1);
      },
    );
    return reports.map((all) => all.slice(1));
  } finally {
    for (const network of networks) network[Symbol.dispose]();
  }
}

/** Seconds of each arm, and how many times as long it takes as a narrow network. */
function figuresOf(runs: readonly Run[], rows: readonly BenchRow[]): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  for (const [index, { arm, batchSize, threads }] of runs.entries()) {
    if (arm === 'narrow') continue;
    const [own, narrow] = [rows[index], rows[index + 1]].map((row) => row!.sample) as [Sample, Sample];
    figures[`${arm}_s_${batchSize}_${threads}t`] = own;
    figures[`${arm}_ratio_${batchSize}_${threads}t`] = ratio(own, narrow);
  }
  return figures;
}

/** What each network is, and the work of a row. */
function workTable(runs: readonly Run[], reports: readonly (readonly EpochReport[])[]): BenchTable {
  return {
    title:
      'Work of a row in multiply-adds, all counts by their weights, and what is known of the rows so far',
    head: ['', 'work', 'active, %', 'loss'],
    rows: runs.map(({ name }, index) => {
      const last = reports[index]!.at(-1)!;
      const { samples, activeShare, loss } = last;
      return [name, count(workOf(last) / samples), percent(activeShare), loss.toFixed(2)];
    }),
  };
}

/** Where the time goes. */
function partsTable(runs: readonly Run[], reports: readonly (readonly EpochReport[])[]): BenchTable {
  return {
    title: 'Phases, mean ms an epoch (an optimizer that works row by row is within backward)',
    head: ['', ...PARTS, 'other'],
    rows: runs.map(({ name }, index) => {
      const own = reports[index]!;
      const parts = byPart((part) => 1000 * mean(own.map(({ partSeconds }) => partSeconds[part])));
      const all = 1000 * mean(own.map(({ seconds }) => seconds));
      const other = Math.max(0, all - sum(PARTS.map((part) => parts[part])));
      return [name, ...PARTS.map((part) => parts[part].toFixed(1)), other.toFixed(1)];
    }),
  };
}
