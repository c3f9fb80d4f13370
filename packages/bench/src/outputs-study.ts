/** The study of outputs: what each way of choosing them learns, and how soon. */
import type { SparseDataset, Split } from '@hashgrad/datasets';
import {
  adam,
  all,
  hidden,
  Network,
  network,
  nonZerosOf,
  softmax,
  type HiddenActivation,
  type SelectorSpec,
} from '@hashgrad/sparse-nn';
import { sparseRows } from './benchmarks/batches.ts';
import { collectGarbage } from './collect-garbage.ts';
import { outputsArm, type OutputsSize } from './outputs-arms.ts';
import type { Learned, OutputsMoment, OutputsRecord } from './outputs-records.ts';
import { classFrequencies } from './outputs-task.ts';

/** What the study of output layers trains, and for how long. */
export interface OutputsSettings {
  readonly arms: readonly string[];
  readonly seeds: readonly number[];
  /** Passes over the training rows. */
  readonly epochs: number;
  /** Shares of training after which it is evaluated, in (0, 1]; it is at the end, too. */
  readonly checkpoints: readonly number[];
  /** Units of the hidden layer, and their activation. */
  readonly hidden: number;
  readonly activation: HiddenActivation;
  /** Classes that are computed for a row, at most. */
  readonly active: number;
  readonly batchSize: number;
  readonly threads: number;
  readonly rate: number;
}

/** Seed after seed all arms, so that a machine that slows down slows no arm alone. Each record is told as soon as it is there. */
export async function runOutputsStudy(
  data: Split<SparseDataset>,
  settings: OutputsSettings,
  onRecord: (record: OutputsRecord) => void = () => undefined,
): Promise<OutputsRecord[]> {
  const { train, test } = data;
  const { arms, seeds } = settings;
  if (train.classes < 5) throw new RangeError(`P@5 needs 5 classes or more; there are ${train.classes}.`);
  const frequencies = classFrequencies(train);
  const size = { classes: train.classes, active: settings.active, rows: train.rows, frequencies };
  const selectors = arms.map((name) => ({ name, select: outputsArm(name).select(size) }));
  const frequent = byFrequencyAlone(size, test);
  const records: OutputsRecord[] = [];
  for (const seed of seeds) {
    for (const { name, select } of selectors) {
      const record: OutputsRecord = {
        study: 'outputs',
        task: data.name,
        arm: name,
        seed,
        rows: train.rows,
        testRows: test.rows,
        features: train.columns,
        classes: train.classes,
        hidden: settings.hidden,
        activation: settings.activation,
        active: settings.active,
        batchSize: settings.batchSize,
        epochs: settings.epochs,
        threads: settings.threads,
        rate: settings.rate,
        selector: withoutFrequencies(select),
        frequent,
        ...(await learn(data, settings, select, seed)),
      };
      collectGarbage();
      records.push(record);
      onRecord(record);
    }
  }
  return records;
}

async function learn(
  { train, test }: Split<SparseDataset>,
  settings: OutputsSettings,
  select: SelectorSpec,
  seed: number,
): Promise<Pick<OutputsRecord, 'moments' | 'paddedShare'>> {
  const { batchSize, threads, activation, rate, epochs, checkpoints } = settings;
  const layers = [hidden(settings.hidden, all(), { activation }), softmax(train.classes, select)];
  const nonZeros = nonZerosOf([train, test], batchSize);
  const spec = network(train.columns, layers, adam({ rate }));
  using net = await Network.create(spec, { seed, threads, batchSize, nonZeros });
  const moments: OutputsMoment[] = [];
  let [seconds, multiplyAdds, padded] = [0, 0, 0];
  for (const { from, to, evaluated } of stretches(train.rows, epochs, checkpoints, batchSize)) {
    const first = from % train.rows;
    for await (const report of net.fit(sparseRows(train, first, first + to - from), { epochs: 1 })) {
      seconds += report.seconds;
      multiplyAdds += Object.values(report.multiplyAdds).reduce((sum, each) => sum + each, 0);
      padded += report.paddedShare * (to - from);
    }
    if (!evaluated) continue;
    const { precision, loss } = net.evaluate(test, { at: [1, 5] });
    moments.push({
      rows: to,
      seconds,
      multiplyAdds,
      precision1: precision[1]!,
      precision5: precision[5]!,
      loss,
    });
  }
  return { moments, paddedShare: padded / (epochs * train.rows) };
}

/** A stretch of training, in rows since its start; it crosses no epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Whether an evaluation follows. */
  readonly evaluated: boolean;
}

/** Cuts training at its checkpoints, brought to whole batches, and where epochs end. */
export function stretches(
  rows: number,
  epochs: number,
  checkpoints: readonly number[],
  batchSize: number,
): Stretch[] {
  const total = rows * epochs;
  const moments = new Set([total]);
  for (const share of checkpoints) {
    const within = (share * total) % rows;
    const start = share * total - within;
    const moment = Math.round(start + Math.min(rows, Math.round(within / batchSize) * batchSize));
    if (moment > 0) moments.add(moment);
  }
  const ends = Array.from({ length: epochs }, (_, epoch) => (epoch + 1) * rows);
  const cuts = [...new Set([...moments, ...ends])].toSorted((a, b) => a - b);
  return cuts.map((to, i) => ({ from: cuts[i - 1] ?? 0, to, evaluated: moments.has(to) }));
}

/**
 * What is known without the input: how the test rows do if every one gets the frequencies of the classes among the training
 * rows, one more for each, so that none has the probability 0.
 */
export function byFrequencyAlone(
  { classes, frequencies }: Pick<OutputsSize, 'classes' | 'frequencies'>,
  test: SparseDataset,
): Learned {
  const total = frequencies.reduce((sum, count) => sum + count, classes);
  const best = Array.from(frequencies.keys())
    .toSorted((a, b) => frequencies[b]! - frequencies[a]!)
    .slice(0, 5);
  let [loss, precision1, precision5] = [0, 0, 0];
  for (let row = 0; row < test.rows; row++) {
    const labels = test.labels.subarray(test.labelOffsets[row], test.labelOffsets[row + 1]);
    for (const label of labels) loss -= Math.log((frequencies[label]! + 1) / total) / labels.length;
    if (labels.includes(best[0]!)) precision1++;
    for (const label of best) if (labels.includes(label)) precision5 += 1 / 5;
  }
  const { rows } = test;
  return { loss: loss / rows, precision1: precision1 / rows, precision5: precision5 / rows };
}

/** The selector for a record: frequencies belong to the data, and are long. */
function withoutFrequencies(select: SelectorSpec): unknown {
  const { frequencies: _, ...rest } = select as SelectorSpec & { frequencies?: unknown };
  return rest;
}
