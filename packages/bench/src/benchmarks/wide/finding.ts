/** What selectors find of the best labels of a trained wide network, and the work that it takes. */
import type { SparseDataset, Split } from '@hashgrad/datasets';
import {
  type Examples,
  hidden,
  type LshSpec,
  Network,
  network,
  nonZerosOf,
  random,
  type SelectorSpec,
  sgd,
  signatures,
  softmax,
  type UnitWeights,
  workOf,
} from '@hashgrad/sparse-nn';
import { mean } from 'simple-statistics';
import {
  CENTRED_LSH,
  ITQ_LSH,
  LABELS_LSH,
  LEARNED_LSH,
  OUTPUT_LSH,
  outputLsh,
  PROBED_LSH,
  SHARED,
} from '../../arms/outputs.ts';
import { batchesOf } from '../lib/batches.ts';
import { createWide, type WideSize } from './task.ts';

/** Labels with the highest logits that are to be found. */
export const BEST = 20;

/** Batches of training rows that selectors see: some learn from them. */
const SEEN = 8;

/** A way of finding labels. */
export interface FindingMethod {
  readonly name: string;
  select(size: WideSize): SelectorSpec;
}

/** What a method finds; means over rows. */
export interface Finding {
  /** Of the exact best {@link BEST}. */
  readonly recall: number;
  /** Entries of buckets read; 0 without tables. */
  readonly entries: number;
  /** Of hashing a row and choosing, in multiply-adds. */
  readonly work: number;
}

/**
 * A spec of tables for a task of another size, made to find and not to fill up: so many of them, with so many bits more. Long
 * codes read few labels, so that one collision is enough.
 */
function tables(spec: LshSpec, count: number, more: number = 0): FindingMethod['select'] {
  return ({ labels, active }) => {
    const own = outputLsh({ classes: labels, active }, spec);
    const family = { ...own.family, tables: count, bits: (own.family['bits'] as number) + more };
    const lessons = own.lessons && { lessons: { ...own.lessons, every: 1 } };
    const minCollisions = more > 0 ? 1 : own.minCollisions;
    const found = { ...own, ...lessons, family, minCollisions, pad: false, logQ: false } as const;
    return { ...found, rehash: SEEN / 4 } as LshSpec;
  };
}

/** Signatures of centred weights. */
function words(bits: number): FindingMethod['select'] {
  return ({ active }) => signatures({ count: active, bits, centred: true });
}

/** Tables as the study of outputs has them, with longer codes, and in greater numbers; and signatures. */
export const METHODS: readonly FindingMethod[] = [
  { name: 'lsh, 32 tables', select: tables(OUTPUT_LSH, 32) },
  { name: 'lsh, 32 tables of 4 bits more', select: tables(OUTPUT_LSH, 32, 4) },
  { name: 'centred, 32 tables', select: tables(CENTRED_LSH, 32) },
  { name: 'centred, 32 tables of 4 bits more', select: tables(CENTRED_LSH, 32, 4) },
  { name: 'centred, 5 tables of 4 bits more, 10 probes', select: tables(PROBED_LSH, 5) },
  { name: 'itq, 32 tables of 4 bits more', select: tables(ITQ_LSH, 32, 4) },
  { name: 'learned, 32 tables', select: tables(LEARNED_LSH, 32) },
  { name: 'learned, 32 tables of 2 bits more', select: tables(LEARNED_LSH, 32, 2) },
  { name: 'learned, 32 tables of 4 bits more', select: tables(LEARNED_LSH, 32, 4) },
  { name: 'learned, 128 tables of 4 bits more', select: tables(LEARNED_LSH, 128, 4) },
  { name: 'learned of labels, 32 tables of 4 bits more', select: tables(LABELS_LSH, 32, 4) },
  { name: 'signatures, 64 bits', select: words(64) },
  { name: 'signatures, 128 bits', select: words(128) },
  { name: 'signatures, 320 bits', select: words(320) },
];

/** The weights of both layers, trained with uniform negatives. */
export async function trainedWeights(
  size: WideSize,
  data: Split<SparseDataset>,
  epochs: number,
  seed: number,
): Promise<readonly UnitWeights[]> {
  const select = (): SelectorSpec => random({ count: size.active, logQ: true, shared: SHARED });
  using net = await createWide(size, { name: 'uniform', select }, data, 2, seed);
  for await (const _ of net.fit(data.train, { epochs })) void _;
  return [0, 1].map((layer) => net.copyWeights(layer));
}

/** What a method finds of the best labels of test rows, by weights that are trained no more. */
export async function findingsOf(
  size: WideSize,
  method: FindingMethod,
  weights: readonly UnitWeights[],
  data: Split<SparseDataset>,
  tests: readonly Examples[],
  seed: number,
): Promise<Finding> {
  const { features, hidden: units, labels, batchSize } = size;
  const layers = [hidden(units), softmax(labels, method.select(size))];
  const nonZeros = nonZerosOf([data.train, data.test], batchSize);
  // At this rate no weight moves.
  const spec = network(features, layers, sgd({ rate: 1e-30 }));
  using net = await Network.create(spec, { seed, threads: 2, batchSize, nonZeros });
  for (const [layer, own] of weights.entries()) net.setWeights(layer, own);
  let [entries, work, rows] = [0, 0, 0];
  for (const batch of batchesOf(data.train, batchSize, SEEN)) {
    for await (const report of net.fit(batch, { epochs: 1 })) {
      entries += report.entries.choose;
      work += workOf(report, ['hashing', 'choose']);
      rows += batch.rows;
    }
  }
  const shares = tests.map((batch) => shareFound(net, batch));
  return { recall: mean(shares), entries: entries / rows, work: work / rows };
}

/** The share of the exact best that a sparse pass over a batch chooses. */
function shareFound(net: Network, batch: Examples): number {
  const best = net.predict(batch, { k: BEST }).ids;
  net.predict(batch, { k: 1, pass: 'sparse' });
  const { offsets, ids } = net.active(1)!;
  let found = 0;
  for (let row = 0; row < batch.rows; row++) {
    const chosen = new Set(ids.subarray(offsets[row], offsets[row + 1]));
    for (const label of best.subarray(row * BEST, (row + 1) * BEST)) found += Number(chosen.has(label));
  }
  return found / (batch.rows * BEST);
}

/** Means over seeds. */
export function meanFinding(findings: readonly Finding[]): Finding {
  const of = (value: (finding: Finding) => number): number => mean(findings.map(value));
  return { recall: of((f) => f.recall), entries: of((f) => f.entries), work: of((f) => f.work) };
}

/** How many times as many of the best are found as by reading as many random labels. */
export function lift({ recall, entries }: Finding, labels: number): number {
  return recall / Math.min(1, entries / labels);
}

/** For each of the signatures the tables of no more work that find the most. */
export function equalWork<T extends Finding>(
  findings: readonly T[],
): { readonly signatures: T; readonly tables: T | undefined }[] {
  const withTables = findings.filter(({ entries }) => entries > 0);
  return findings
    .filter(({ entries }) => entries === 0)
    .map((own) => ({
      signatures: own,
      tables: withTables
        .filter(({ work }) => work <= own.work)
        .toSorted((a, b) => b.recall - a.recall)
        .at(0),
    }));
}
