/** The tables below the wide benchmark's times: what a step works on, where its time goes, what it moves. */
import { PARTS } from '@hashgrad/sparse-nn';
import { count, percent, significant } from '../../format.ts';
import type { Bandwidth } from '../lib/bandwidth.ts';
import type { BenchTable } from '../lib/result.ts';
import { otherMilliseconds } from '../lib/steps.ts';
import type { StepSummary } from '../lib/steps.ts';
import { bytesMoved, totalBytes } from './bytes.ts';
import type { WideTraffic } from './bytes.ts';
import type { WideArm } from './task.ts';

/** The measured steps of an arm on some threads. */
export interface ArmSteps {
  /** Arm and threads, for people. */
  readonly name: string;
  readonly arm: WideArm;
  readonly threads: number;
  readonly summary: StepSummary;
  readonly traffic: WideTraffic;
  /** Whether there were as many threads as asked for. */
  readonly shared: boolean;
}

/** What a step works on, and how the mean compares with the median. */
export function workTable(arms: readonly ArmSteps[]): BenchTable {
  return {
    title:
      'What a step works on: active outputs a row, and the rows of weights that it visits, of labels and features',
    head: [
      '',
      'mean, ms',
      '2 threads / 1',
      'active a row',
      'padded, %',
      'labels visited',
      'features visited',
    ],
    rows: arms.map(({ name, arm, threads, summary, traffic }) => {
      const single = arms.find((other) => other.arm === arm && other.threads === 1);
      return [
        name,
        significant(summary.meanMilliseconds),
        single === undefined || threads === 1
          ? '–'
          : (single.summary.milliseconds.median / summary.milliseconds.median).toFixed(2),
        significant(traffic.pairs / traffic.batchSize),
        percent(summary.paddedShare),
        count(traffic.visited),
        count(traffic.features),
      ];
    }),
  };
}

/** Milliseconds of a step by part. */
export function partsTable(arms: readonly ArmSteps[]): BenchTable {
  return {
    title: 'Phases, mean ms a step (an optimizer that works row by row is within backward)',
    head: ['', ...PARTS, 'other'],
    rows: arms.map(({ name, summary }) => [
      name,
      ...PARTS.map((part) => summary.parts[part].toFixed(2)),
      otherMilliseconds(summary).toFixed(2),
    ]),
  };
}

/** Megabytes that a step moves, by part, and how fast, against `bandwidth` in bytes a second. */
export function bytesTable(arms: readonly ArmSteps[], bandwidth: number): BenchTable {
  return {
    title: 'MB moved in a step, by the model, and the share of the bandwidth below',
    head: ['', ...PARTS, 'sum', 'GB/s', 'share, %'],
    rows: arms.map(({ name, summary, traffic }) => {
      const bytes = bytesMoved(traffic);
      const speed = (1000 * totalBytes(bytes)) / summary.milliseconds.median;
      return [
        name,
        ...PARTS.map((part) => megabytes(bytes[part])),
        megabytes(totalBytes(bytes)),
        significant(speed / 1e9),
        percent(speed / bandwidth),
      ];
    }),
  };
}

function megabytes(bytes: number): string {
  return bytes === 0 ? '0' : significant(bytes / 1e6);
}

/** Gigabytes a second of the streaming passes. */
export function bandwidthTable({ passes, oneThread, twoThreads }: Bandwidth): BenchTable {
  return {
    title:
      'Memory bandwidth, GB/s: our kernels streaming through three arrays, bytes read and written, best of rounds',
    head: ['', 'one thread', 'two threads'],
    rows: [...passes, { name: 'fastest', oneThread, twoThreads }].map((pass) => [
      pass.name,
      significant(pass.oneThread / 1e9),
      significant(pass.twoThreads / 1e9),
    ]),
  };
}
