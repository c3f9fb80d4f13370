/** Which of the best labels of a trained wide network hashing finds, and for how much work: tables beside signatures. */
import { batchesOf } from './lib/batches.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { sample } from './lib/measure.ts';
import { countOption, seedsOption } from './lib/options.ts';
import type { BenchResult, BenchTable } from './lib/result.ts';
import { count, percent, significant, thousands } from '../format.ts';
import { WIDE, wideData, type WideSize } from './wide/task.ts';
import {
  BEST,
  equalWork,
  type Finding,
  type FindingMethod,
  findingsOf,
  lift,
  meanFinding,
  METHODS,
  trainedWeights,
} from './wide/finding.ts';

/** The size of the task, and how long it is trained. */
export interface WideRecallOptions {
  readonly features: number;
  readonly hidden: number;
  readonly labels: number;
  readonly train: number;
  readonly epochs: number;
  readonly seeds: readonly number[];
}

/** Recall of the best 20 labels by tables and by signatures, against reading as many random labels. */
export const wideRecallBenchmark: Bench = defineBench<WideRecallOptions>({
  name: 'wide-recall',
  description:
    `which of the ${BEST} best of ${thousands(WIDE.labels)} labels hash tables and signatures find in the trained network of wide, ` +
    `beside as many random ones, by the work that it takes`,
  options: {
    features: countOption('features', 'features of the task', WIDE.features),
    hidden: countOption('hidden', 'units of the hidden layer', WIDE.hidden),
    labels: countOption('labels', 'labels of the task', WIDE.labels),
    train: countOption('train', 'training rows', WIDE.train),
    epochs: countOption('epochs', 'epochs of training, with uniform negatives', 2),
    seeds: seedsOption([1]),
  },
  run: (options) =>
    runWideRecall({ ...WIDE, active: Math.max(1, Math.round(options.labels / 100)), ...options }, options),
});

/**
 * Runs the benchmark on a task of any size.
 *
 * @throws RangeError for a size that cannot be built.
 */
export async function runWideRecall(
  size: WideSize,
  { epochs, seeds, onProgress }: Pick<WideRecallOptions, 'epochs' | 'seeds'> & Told,
  methods: readonly FindingMethod[] = METHODS,
): Promise<BenchResult> {
  const data = wideData(size);
  const tests = batchesOf(data.test, size.batchSize, 2);
  const found: Record<string, Finding[]> = {};
  for (const seed of seeds) {
    onProgress?.(`seed ${seed}: ${epochs} epochs of ${data.train.rows} rows with uniform negatives`);
    const weights = await trainedWeights(size, data, epochs, seed);
    for (const method of methods) {
      const finding = await findingsOf(size, method, weights, data, tests, seed);
      onProgress?.(`seed ${seed}, ${method.name}: ${percent(finding.recall)} % of the best ${BEST}`);
      (found[method.name] ??= []).push(finding);
    }
  }
  const means = methods.map(({ name }) => ({ name, ...meanFinding(found[name] ?? []) }));
  const tables = means.filter(({ entries }) => entries > 0);
  return {
    unit: `share of the best ${BEST}`,
    rows: methods.map(({ name }) => ({
      name,
      sample: sample((found[name] ?? []).map(({ recall }) => recall)),
    })),
    tables: [findingTable(size, means), equalWorkTable(means)],
    figures: Object.fromEntries(
      tables.map((each) => [`lift_${each.name.replaceAll(/[^a-z0-9]+/gi, '_')}`, lift(each, size.labels)]),
    ),
    notes: [
      `Means over ${tests.length * size.batchSize} test rows. Entries read, as a share of the labels, are what as many random labels ` +
        'would find; an entry that is read twice counts twice. Work is that of hashing a row and choosing, in multiply-adds.',
      'Hash functions that learn had four lessons on the trained weights, of 256 rows of training each.',
    ],
  };
}

function findingTable(size: WideSize, means: readonly (Finding & { readonly name: string })[]): BenchTable {
  return {
    title: `What is found of the best ${BEST} of ${thousands(size.labels)} labels`,
    head: ['', 'found, %', 'entries read', 'of labels, %', 'times random', 'work', 'of all products, %'],
    rows: means.map((each) => [
      each.name,
      percent(each.recall),
      each.entries > 0 ? count(each.entries) : '–',
      each.entries > 0 ? percent(each.entries / size.labels) : '–',
      each.entries > 0 ? significant(lift(each, size.labels)) : '–',
      count(each.work),
      percent(each.work / (size.labels * size.hidden)),
    ]),
  };
}

function equalWorkTable(means: readonly (Finding & { readonly name: string })[]): BenchTable {
  return {
    title: 'The best tables for no more work than signatures',
    head: ['', 'found, %', 'work', 'tables', 'found, %', 'work', 'of signatures, %'],
    rows: equalWork(means).map(({ signatures, tables }) => [
      signatures.name,
      percent(signatures.recall),
      count(signatures.work),
      tables?.name ?? 'none',
      tables ? percent(tables.recall) : '–',
      tables ? count(tables.work) : '–',
      tables ? percent(tables.recall / signatures.recall) : '–',
    ]),
  };
}
