/** How the time of a step grows with the number of labels, when as many of them are active. */
import type { Network } from '@hashgrad/sparse-nn';
import type { FamilySpec } from '@hashgrad/lsh';
import { count, shortCount, significant, thousands } from '../format.ts';
import { batchesOf } from './lib/batches.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { countOption } from './lib/options.ts';
import { type BenchResult, type BenchRow, type Figure, within } from './lib/result.ts';
import { planSteps, Stepper, summarizeSteps, timeSteps } from './lib/steps.ts';
import type { StepRun, StepSummary } from './lib/steps.ts';
import { momentBytesOf, rowBytesOf, wideTraffic } from './wide/bytes.ts';
import { createWide, rehashEvery, WIDE, WIDE_ADAM, WIDE_ARMS, wideData, wideLsh } from './wide/task.ts';
import type { WideArm, WideSize } from './wide/task.ts';

const LABELS = [10_000, 30_000, 100_000, 300_000, 1_000_000];
const STEPS = 60;
/** Batches of each task, which the steps go through by turns: few, so that the tasks are made quickly. */
const BATCHES = 20;

/** How long it measures. */
export interface GrowthOptions {
  /** Training steps of each network. */
  readonly steps: number;
}

/** Steps of the wide task with 10,000 to 1,000,000 labels. */
export const growthBenchmark: Bench = defineBench<GrowthOptions>({
  name: 'growth',
  description: `the task of wide with ${thousands(LABELS[0] as number)} to ${thousands(LABELS.at(-1) as number)} labels, by lsh and with uniform negatives, two threads, ms a step, and the memory`,
  options: {
    steps: countOption('steps', 'training steps to time, at least from one rehash to the next', STEPS),
  },
  run: (options) => runGrowth(LABELS, WIDE, options),
});

/** What is measured at each size: hashing, and the same number of outputs drawn at random, which visits fewer rows. */
const ARMS: readonly WideArm[] = WIDE_ARMS.filter(({ name }) => name === 'lsh' || name === 'uniform');

/** The network of one arm and size. */
interface Grown {
  readonly arm: WideArm;
  readonly name: string;
  readonly size: WideSize;
  readonly network: Network;
  readonly stepper: Stepper;
  readonly secondsToCreate: number;
}

/**
 * Runs the benchmark.
 *
 * @param labels numbers of labels, the smallest first: it is what the others are compared with.
 * @param task everything else; of its rows only some are made.
 */
export async function runGrowth(
  labels: readonly number[],
  task: WideSize,
  { steps, onProgress }: GrowthOptions & Told,
): Promise<BenchResult> {
  const grown: Grown[] = [];
  try {
    for (const arm of ARMS) {
      for (const number of labels) {
        const made = await create(arm, number, task);
        grown.push(made);
        onProgress?.(`network of ${made.name} made in ${significant(made.secondsToCreate)} s`);
      }
    }
    const plan = planSteps(steps, rehashEvery(wideLsh(task)));
    const runs = Object.fromEntries(
      grown.map(({ name, stepper }): [string, StepRun] => [name, { stepper, plan }]),
    );
    const measured = timeSteps(runs, (turn, turns) => onProgress?.(`turn ${turn} of ${turns}`));
    return growthResult(
      grown,
      grown.map(({ name }) => summarizeSteps(measured[name] ?? [])),
      task.active,
    );
  } finally {
    for (const { network } of grown) network[Symbol.dispose]();
  }
}

async function create(arm: WideArm, labels: number, task: WideSize): Promise<Grown> {
  const train = Math.min(task.train, BATCHES * task.batchSize);
  const size: WideSize = { ...task, labels, train, test: 1 };
  const data = wideData(size);
  const start = performance.now();
  const network = await createWide(size, arm, data, 2);
  const secondsToCreate = (performance.now() - start) / 1000;
  const stepper = new Stepper(network, batchesOf(data.train, size.batchSize, BATCHES));
  return { arm, name: `${arm.name}, ${labels} labels`, size, network, stepper, secondsToCreate };
}

function growthResult(
  grown: readonly Grown[],
  summaries: readonly StepSummary[],
  active: number,
): BenchResult {
  const figures: Record<string, Figure> = {};
  const rows: BenchRow[] = [];
  const memory: string[][] = [];
  for (const [index, { arm, name, size, network, secondsToCreate }] of grown.entries()) {
    const summary = summaries[index] as StepSummary;
    const used = network.memoryUsage();
    const family = arm === ARMS[0] ? wideLsh(size).family : undefined;
    const needed = bytesNeeded(size, family);
    const baseline = grown.find((other) => other.arm === arm)?.name === name;
    rows.push({ name, sample: summary.milliseconds, baseline, group: arm.name });
    memory.push([
      name,
      String(family?.['bits'] ?? '–'),
      significant(summary.meanMilliseconds),
      summary.parts.rehash.toFixed(2),
      count(wideTraffic(size, arm.select(size), summary).visited),
      significant(used / 1e6),
      significant(needed / 1e6),
      (used / needed).toFixed(3),
      significant(secondsToCreate),
    ]);
    const prefix = family ? '' : `${arm.name}_`;
    figures[`${prefix}step_ms_${shortCount(size.labels)}`] = summary.milliseconds;
    const last = grown.findLast((other) => other.arm === arm)?.name === name;
    if (last) figures[`${prefix}memory_ratio_${shortCount(size.labels)}`] = within(used / needed, 0.01);
  }
  return {
    unit: 'ms a step',
    rows,
    tables: [
      {
        title:
          'Rows of labels that a step visits, memory, and how long the network took to make: to draw weights and hash them',
        head: [
          '',
          'bits',
          'mean, ms',
          'rehash, ms',
          'visited',
          'used, MB',
          'needed, MB',
          'used / needed',
          'made, s',
        ],
        rows: memory,
      },
    ],
    figures,
    notes: [
      `At most ${active} outputs are active. Bits grow with the labels, so that buckets keep their size.`,
      'Needed are the weights, their moments and counts of updates, and the hash tables; used is all that the network ' +
        'takes, batches included.',
      'The system commits the memory of moments when a row is first trained: at a million labels the mean has more of that than the median.',
    ],
  };
}

/** Bytes of weights, Adam's state and hash tables, if any: what a network of this size cannot do without. */
export function bytesNeeded(size: WideSize, family?: FamilySpec): number {
  const { features, labels, hidden } = size;
  const { tables, bits } = family ?? { tables: 0, bits: 0 };
  const buckets = typeof bits === 'number' ? 2 ** bits + 1 : 0;
  // Weights, moments and a count of updates for each feature and label; a bias with two moments for each unit.
  const rows = (features + labels) * (rowBytesOf(size) + momentBytesOf(size, WIDE_ADAM) + 4);
  return rows + (hidden + labels) * 3 * 4 + tables * (labels + buckets) * 4;
}
