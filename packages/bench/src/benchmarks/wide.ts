/** The wide task: time of a step by arm, where it goes, the bytes that it moves, and what is learned. */
import type { SparseDataset, Split } from '@hashgrad/datasets';
import type { Network } from '@hashgrad/sparse-nn';
import { thousands, threadsLabel } from '../format.ts';
import { besideOpenBlas } from './baselines/openblas/beside.ts';
import { openBlas, type OpenBlas } from './baselines/openblas/compile.ts';
import { stepMilliseconds } from './baselines/openblas/steps.ts';
import { visitMilliseconds, type VisitsForm, visitsForms } from './baselines/visits/visits.ts';
import { measureBandwidth } from './lib/bandwidth.ts';
import { batchesOf } from './lib/batches.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { ratio, sample, type Sample } from './lib/measure.ts';
import { countOption, seedsOption } from './lib/options.ts';
import { type BenchResult, type BenchRow, type Figure, within } from './lib/result.ts';
import { planSteps, Stepper, summarizeSteps, timeSteps } from './lib/steps.ts';
import type { StepPlan, StepRun, StepSummary } from './lib/steps.ts';
import { accuracyTable, learn, precisionAfter } from './wide/accuracy.ts';
import type { PrecisionPoint } from './wide/accuracy.ts';
import { leastTable, type LeastSteps, stepVisits } from './wide/least.ts';
import { bytesMoved, totalBytes, wideTraffic } from './wide/bytes.ts';
import { bandwidthTable, bytesTable, partsTable, workTable } from './wide/tables.ts';
import type { ArmSteps } from './wide/tables.ts';
import {
  createWide,
  FULL_SOFTMAX,
  rehashEvery,
  UNIFORM,
  WIDE,
  WIDE_ADAM,
  WIDE_ARMS,
  wideData,
  wideLsh,
} from './wide/task.ts';
import type { WideArm, WideSize } from './wide/task.ts';

const STEPS = 210;
/** The full softmax takes so many times fewer steps than the arms: each takes many times longer, and varies less. */
const FEWER = 10;

/** What is measured, and for how long. */
export interface WideOptions {
  /** Training steps to time. Given, P@1 is left out, which takes minutes. */
  readonly steps?: number;
  /** Of the trainings whose P@1 is measured. */
  readonly seeds: readonly number[];
}

/** Training steps of the wide task on one thread and on two, beside the full softmax. */
export const wideBenchmark: Bench = defineBench<WideOptions>({
  name: 'wide',
  description:
    `training ${thousands(WIDE.features)}-${WIDE.hidden}-${thousands(WIDE.labels)} on sparse rows with ${thousands(WIDE.active)} active outputs: lsh, ` +
    `uniform negatives and the full softmax, beside the last on OpenBLAS and the least that a step must do in C++ (if they are installed), ms a step; without --steps P@1, too`,
  options: {
    steps: countOption(
      'steps',
      `training steps to time, at least from one rehash to the next; P@1 is then left out (default: ${STEPS}, and P@1)`,
    ),
    seeds: seedsOption([1]),
  },
  run: (options) => runWide(WIDE, options),
});

/**
 * Runs the benchmark on a task of any size.
 *
 * @param arrayBytes see `measureBandwidth`.
 * @param program OpenBLAS, or why there is none.
 * @param forms of C++ that visits the rows and does no more, or why there are none.
 * @throws RangeError for a size that cannot be built, or steps below 1.
 */
export async function runWide(
  size: WideSize,
  { steps, seeds, onProgress }: WideOptions & Told,
  arrayBytes?: number,
  program: OpenBlas | string = openBlas(),
  forms: readonly VisitsForm[] | string = visitsForms(size.hidden),
): Promise<BenchResult> {
  const data = wideData(size);
  onProgress?.(`${data.train.rows} training rows made`);
  const plan = planSteps(steps ?? STEPS, rehashEvery(wideLsh(size)));
  const peers: Peers = { program, forms };
  const { arms, blas, least } = await timeArms(size, data, plan, peers, onProgress);
  onProgress?.('memory bandwidth');
  const bandwidth = await measureBandwidth(arrayBytes);
  const learned = steps === undefined ? await learnAll(size, data, seeds, onProgress) : undefined;

  const sparse = arms.filter(({ arm }) => arm !== FULL_SOFTMAX);
  const [one, two] = sparse as [ArmSteps, ArmSteps];
  const full = arms.at(-1) as ArmSteps;
  const uniform = arms.find(({ arm, threads }) => arm === UNIFORM && threads === 2) as ArmSteps;
  const rows = arms.map(({ name, arm, summary }): BenchRow => ({
    name,
    sample: summary.milliseconds,
    baseline: arm === FULL_SOFTMAX,
  }));
  const bytesPerSecond = (1000 * totalBytes(bytesMoved(two.traffic))) / two.summary.milliseconds.median;
  return {
    unit: 'ms a step',
    compare: 'speed-up',
    rows: [...rows, ...(blas ? [{ name: `OpenBLAS, ${threadsLabel(2)}`, sample: blas }] : [])],
    tables: [
      ...(blas ? [besideOpenBlas(rows, blas, 'speed-up')] : []),
      ...(least.length > 0 ? [leastTable(least, uniform)] : []),
      workTable(arms),
      partsTable(arms),
      bytesTable(
        sparse.filter(({ threads }) => threads === 2),
        bandwidth.twoThreads,
      ),
      bandwidthTable(bandwidth),
      ...(learned ? [accuracyTable(learned)] : []),
    ],
    figures: {
      step_ms_1t: one.summary.milliseconds,
      step_ms_2t: two.summary.milliseconds,
      full_softmax_step_ms_2t: full.summary.milliseconds,
      ...(blas && {
        openblas_step_ms_2t: blas,
        ratio_to_openblas: ratio(blas, two.summary.milliseconds),
        uniform_ratio_to_openblas: ratio(blas, uniform.summary.milliseconds),
      }),
      ...Object.fromEntries(least.map((each) => [`least_${each.form.bits}_bits_ms_2t`, each.sample])),
      active: within(two.traffic.pairs / size.batchSize, 0.01),
      ...(learned ? precisionFigures(learned) : {}),
      bandwidth_share: bytesPerSecond / bandwidth.twoThreads,
    },
    notes: [
      ...notes(two.summary, size, plan, two.shared),
      typeof program === 'string' ? program : blasNote(program),
      ...(typeof forms === 'string' ? [forms] : []),
    ],
  };
}

/** Steps of C++ programs in a turn, and those that come before them. */
const BLAS_PLAN: StepPlan = { warmUp: 1, measured: 3 };
const LEAST_PLAN: StepPlan = { warmUp: 3, measured: 10 };

/** C++ programs of ours, or why there are none. */
interface Peers {
  readonly program: OpenBlas | string;
  readonly forms: readonly VisitsForm[] | string;
}

/**
 * Times all arms on one thread and on two by turns, and the full softmax, which comes last, on two; and C++ programs, where they are,
 * on two as well.
 */
async function timeArms(
  size: WideSize,
  data: Split<SparseDataset>,
  plan: StepPlan,
  { program, forms }: Peers,
  onProgress?: (text: string) => void,
): Promise<{
  readonly arms: ArmSteps[];
  readonly blas: Sample | undefined;
  readonly least: readonly LeastSteps[];
}> {
  const batches = batchesOf(data.train, size.batchSize, plan.warmUp + plan.measured);
  const fullPlan = { warmUp: 2, measured: Math.ceil(plan.measured / FEWER) };
  const list = [
    ...WIDE_ARMS.flatMap((arm) => [1, 2].map((threads) => ({ arm, threads, plan }))),
    { arm: FULL_SOFTMAX, threads: 2, plan: fullPlan },
  ].map((each) => ({ ...each, name: `${each.arm.name}, ${threadsLabel(each.threads)}` }));
  const networks: Network[] = [];
  try {
    const runs: Record<string, StepRun> = {};
    for (const { name, arm, threads, plan: own } of list) {
      onProgress?.(`network for ${name}`);
      const network = await createWide(size, arm, data, threads);
      networks.push(network);
      runs[name] = { stepper: new Stepper(network, batches), plan: own };
    }
    onProgress?.(`${plan.warmUp} steps of each to warm up`);
    const units = [size.features, size.hidden, size.labels];
    const task = { units, rate: WIDE_ADAM.rate as number, threads: 2 };
    const blas: number[] = [];
    const visits = stepVisits(size, batches, 2);
    const least = (typeof forms === 'string' ? [] : forms).map((form) => ({ form, times: [] as number[] }));
    const steps = timeSteps(runs, (turn, turns) => {
      if (typeof program !== 'string')
        blas.push(...stepMilliseconds(program, task, batches.slice(0, 8), BLAS_PLAN));
      for (const { form, times } of least) times.push(...visitMilliseconds(form, visits, LEAST_PLAN));
      onProgress?.(`turn ${turn} of ${turns}, ${plan.measured} steps of each in all`);
    });
    const arms = list.map(({ name, arm, threads }, index) => {
      const summary = summarizeSteps(steps[name] ?? []);
      const traffic = wideTraffic(size, arm.select(size), summary);
      return { name, arm, threads, summary, traffic, shared: networks[index]?.threads === threads };
    });
    return {
      arms,
      blas: blas.length > 0 ? sample(blas) : undefined,
      least: least.map(({ form, times }) => ({ form, sample: sample(times) })),
    };
  } finally {
    for (const network of networks) network[Symbol.dispose]();
  }
}

type LearnedByArm = Readonly<Record<string, readonly (readonly PrecisionPoint[])[]>>;

async function learnAll(
  size: WideSize,
  data: Split<SparseDataset>,
  seeds: readonly number[],
  onProgress?: (text: string) => void,
): Promise<LearnedByArm> {
  const learned: Record<string, PrecisionPoint[][]> = {};
  for (const seed of seeds) {
    for (const arm of [...WIDE_ARMS, FULL_SOFTMAX]) {
      const moments = await learn(size, arm, data, 2, seed);
      (learned[arm.name] ??= []).push(moments);
      const precisions = moments.map(({ precision }) => precision.toFixed(3)).join(', ');
      onProgress?.(`${arm.name}, seed ${seed}: P@1 after each quarter of an epoch ${precisions}`);
    }
  }
  return learned;
}

function precisionFigures(learned: LearnedByArm): Record<string, Figure> {
  const of = ({ name }: WideArm): Figure => within(precisionAfter(2, learned[name] ?? []), 0.01);
  return { p_at_1_epoch_2: of(WIDE_ARMS[0]), full_softmax_p_at_1_epoch_2: of(FULL_SOFTMAX) };
}

function blasNote({ name }: OpenBlas): string {
  return `${name}: the full softmax in a C++ program of ours, with the same batches.`;
}

function notes(summary: StepSummary, size: WideSize, plan: StepPlan, shared: boolean): string[] {
  const spec = wideLsh(size);
  return [
    `lsh: ${JSON.stringify(spec.family)}, rehashed every ${rehashEvery(spec)} steps. Each step has its share of that, ` +
      `${summary.parts.rehash.toFixed(1)} ms on two threads. ${plan.measured} steps after ${plan.warmUp} to warm up.`,
    'The full softmax is our own, on blocked matrix products; its row is the baseline.',
    'Bytes are a model: each array as often as a pass goes through it, what stays in the caches left out.',
    ...(shared ? [] : ['Memory cannot be shared here: two threads are one.']),
  ];
}
