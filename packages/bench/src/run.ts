/** One run of a study: a network trained from scratch, evaluated after each epoch, and counted. */
import type { DenseDataset, Split } from '@hashgrad/datasets';
import { Network, optimizerCost } from '@hashgrad/sparse-nn';
import type { EpochReport, NetworkSpec } from '@hashgrad/sparse-nn';
import { armSpec } from './arms.ts';
import type { EpochRecord, RunRecord } from './records.ts';
import type { PlannedRun, StudySettings } from './plan.ts';
import { byPart } from './summary.ts';

/**
 * Trains and measures one network.
 *
 * @param onEpoch is told of each epoch once it is evaluated.
 * @throws Error or RangeError if the data or the settings do not make a network, or the loss becomes NaN.
 */
export async function runOnce(
  split: Split<DenseDataset>,
  run: PlannedRun,
  settings: StudySettings,
  onEpoch?: (epoch: EpochRecord) => void,
): Promise<RunRecord> {
  const { train, test } = split;
  const { epochs, batchSize, threads, hidden, rate } = settings;
  const { arm, fraction, seed } = run;
  const shape = { inputs: train.columns, hidden, classes: train.classes, rate };
  const spec = armSpec(arm, { ...shape, fraction });
  const reports: EpochReport[] = [];
  const history: EpochRecord[] = [];
  using network = await Network.create(spec, { seed, threads, batchSize });
  for await (const report of network.fit(train, { epochs })) {
    const { epoch, loss, seconds } = report;
    const full = network.evaluate(test, { pass: 'full' }).accuracy;
    const sparse = network.evaluate(test, { pass: 'sparse' }).accuracy;
    reports.push(report);
    history.push({ epoch, loss, sparse, full, seconds });
    onEpoch?.({ epoch, loss, sparse, full, seconds });
  }
  const last = history.at(-1) as EpochRecord;
  const samples = sum(reports.map((report) => report.samples));
  const dense = armSpec('dense', { ...shape, fraction: 1 });
  return {
    study: 'selectors',
    dataset: split.name,
    arm,
    fraction,
    seed,
    units: [train.columns, ...hidden, train.classes],
    epochs,
    batchSize,
    threads,
    spec,
    accuracy: { sparse: last.sparse, full: last.full },
    history,
    multiplyAdds: byPart((part) => sum(reports.map((report) => report.multiplyAdds[part])) / samples),
    denseMultiplyAdds: denseMultiplyAdds(dense, Math.ceil(train.rows / batchSize) / train.rows),
    // A narrow network computes all units it has, but it has only a share of the study's.
    activeShare: (sum(reports.map((report) => report.activeShare)) / epochs) * widthShare(spec, hidden),
    seconds: sum(reports.map((report) => report.seconds)),
    partSeconds: byPart((part) => sum(reports.map((report) => report.partSeconds[part]))),
  };
}

/**
 * Multiply-adds per training sample of a network whose layers compute all their units: a product with the weights
 * forward, two backward (for the weights' gradient and the inputs', which the first layer does not need), and the
 * optimizer's work on each weight once a step. It is what the dense arm counts, known without running it.
 *
 * @param stepsPerSample 1 / batch size, or a little more if the last batch is smaller.
 */
export function denseMultiplyAdds(spec: NetworkSpec, stepsPerSample: number): number {
  const weights = spec.layers.map(
    ({ units }, index) => units * (spec.layers[index - 1]?.units ?? spec.inputs),
  );
  const first = weights[0] as number;
  const all = sum(weights);
  return all + (2 * all - first) + all * optimizerCost(spec.optimizer) * stepsPerSample;
}

function widthShare(spec: NetworkSpec, hidden: readonly number[]): number {
  return sum(spec.layers.slice(0, -1).map(({ units }) => units)) / sum(hidden);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
