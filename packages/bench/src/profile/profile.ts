/** Where the time of a training step goes: a table of its phases. */
import { OPERATIONS, PARTS } from '@hashgrad/sparse-nn';
import type { Part, WorkCounts } from '@hashgrad/sparse-nn';
import { weighted, weightsText } from '../analysis/costs.ts';
import { drawTable } from '../benchmarks/lib/result.ts';
import type { Cost } from '../engine/record.ts';
import { byPart, otherMilliseconds } from '../benchmarks/lib/steps.ts';
import type { StepSummary } from '../benchmarks/lib/steps.ts';
import { count, percent, significant, threadsLabel } from '../format.ts';

/** A profiled training. */
export interface Profile {
  /** What was trained, in one line. */
  readonly title: string;
  readonly threads: number;
  readonly summary: StepSummary;
  /** Bytes that a step moves, by part, where there is a model of them. */
  readonly bytes?: Readonly<Record<Part, number>>;
  /** Active units of how many, in words. */
  readonly active: string;
}

/** What a part does, for those who have not read the sources. */
const MEANING: Readonly<Record<Part, string>> = {
  hashing: 'inputs to codes',
  choose: 'codes to active units, or drawing them',
  forward: 'products, activations, loss',
  backward: 'gradients',
  optimizer: 'updates of weights',
  rehash: 'weights to codes to tables',
};

/** Draws the phases: time, its share, multiply-adds, and how fast they or the bytes went. */
export function profileTable({ title, threads, summary, bytes, active }: Profile): string {
  const { meanMilliseconds, parts, work, paddedShare } = summary;
  const { multiplyAdds } = work;
  const rate = rates(summary, bytes);
  const all = byPart((part) => weighted(costOf(work, part)));
  const rows = PARTS.map((part) => [
    `${part}: ${MEANING[part]}`,
    parts[part].toFixed(3),
    percent(parts[part] / meanMilliseconds),
    count(all[part]),
    count(multiplyAdds[part]),
    ...rate(part),
  ]);
  const rest = otherMilliseconds(summary);
  const empty = bytes ? ['–', '–', '–'] : ['–'];
  rows.push(
    ['other: loading the batch', rest.toFixed(3), percent(rest / meanMilliseconds), '–', '–', ...empty],
    [
      'step',
      meanMilliseconds.toFixed(3),
      '100',
      count(sum(all)),
      count(sum(multiplyAdds)),
      significant(gigaflops(sum(multiplyAdds), meanMilliseconds)),
      ...(bytes ? [significant(sum(bytes) / 1e6), significant(sum(bytes) / meanMilliseconds / 1e6)] : []),
    ],
  );
  const head = [
    '',
    'ms a step',
    'share, %',
    'work',
    'multiply-adds',
    'GFLOP/s',
    ...(bytes ? ['MB', 'GB/s'] : []),
  ];
  const { median, low, high } = summary.milliseconds;
  return [
    `${title}; ${threadsLabel(threads)}, ${summary.batches.length} steps`,
    drawTable(head, rows),
    `A step takes ${significant(meanMilliseconds)} ms in the mean, ${significant(median)} in the median (quartiles ` +
      `${significant(low)} – ${significant(high)}). Rehashing is spread over all steps.`,
    weightsText().replace(/^w/, 'W'),
    `Active: ${active}. Padded at random: ${percent(paddedShare)} % of the units chosen.`,
    'Rates of backward and optimizer are of both together: most layers update a row as soon as its gradient is complete.',
    ...(bytes
      ? ['Bytes are a model: each array as often as a pass goes through it, the caches left out.']
      : []),
  ].join('\n');
}

/** The rates' cells of a part; none for a part that multiplies nothing, or moves nothing that is known. */
function rates(
  { parts, work: { multiplyAdds } }: StepSummary,
  bytes: Readonly<Record<Part, number>> | undefined,
): (part: Part) => string[] {
  return (part) => {
    const milliseconds = together(parts, part);
    const isRate = part !== 'optimizer' && milliseconds > 0;
    const products = together(multiplyAdds, part);
    const flops = isRate && products > 0 ? significant(gigaflops(products, milliseconds)) : '–';
    if (!bytes) return [flops];
    const moved = together(bytes, part);
    return isRate && moved > 0
      ? [flops, significant(moved / 1e6), significant(moved / milliseconds / 1e6)]
      : [flops, '–', '–'];
  };
}

function costOf(work: WorkCounts, part: Part): Cost {
  return Object.fromEntries(OPERATIONS.map((kind) => [kind, work[kind][part]])) as unknown as Cost;
}

/** A part's value; backward's with the optimizer's. */
function together(values: Readonly<Record<Part, number>>, part: Part): number {
  return part === 'backward' ? values.backward + values.optimizer : values[part];
}

/** A multiply-add is two floating-point operations. */
function gigaflops(multiplyAdds: number, milliseconds: number): number {
  return (2 * multiplyAdds) / milliseconds / 1e6;
}

function sum(values: Readonly<Record<Part, number>>): number {
  return PARTS.reduce((total, part) => total + values[part], 0);
}
