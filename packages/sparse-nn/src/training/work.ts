/** What training on some samples gave, and what it took: of a step, and of an epoch. */
import { type ByPart, type CountsState, OPERATIONS, type WorkCounts } from '../layers/counts.ts';
import type { Layer } from '../layers/layer.ts';
import type { Padding } from '../selectors/selector.ts';

/** Sums over the samples that were trained on; plain JSON, so that a checkpoint carries it. */
export interface Work {
  /** Of the samples' losses. */
  readonly loss: number;
  /** Of the active units of hidden layers. */
  readonly active: number;
  readonly seconds: number;
  /** Of the layers that select, the first first; empty before the first step. */
  readonly padding: readonly Padding[];
}

export const NO_WORK: Work = { loss: 0, active: 0, seconds: 0, padding: [] };

/** What training took, by its samples: work by kind and part, as OPERATIONS and PARTS say, and what follows. */
export interface WorkReport extends WorkCounts {
  readonly samples: number;
  /** Mean over the rows of the loss over the active outputs: of cross-entropies in nats. */
  readonly loss: number;
  /** Of training; evaluations, callbacks and checkpoints are not counted. */
  readonly seconds: number;
  readonly partSeconds: ByPart;
  /** Mean share of the units that were active, hidden layers only. */
  readonly activeShare: number;
  /** Share of active units that selectors filled up at random, mean over the layers that select. */
  readonly paddedShare: number;
}

export function addWork(sums: Work, work: Work): Work {
  return {
    loss: sums.loss + work.loss,
    active: sums.active + work.active,
    seconds: sums.seconds + work.seconds,
    padding: work.padding.map(({ chosen, padded }, i) => {
      const before = sums.padding[i] ?? NO_PADDING;
      return { chosen: before.chosen + chosen, padded: before.padded + padded };
    }),
  };
}

const NO_PADDING: Padding = { chosen: 0, padded: 0 };

/** How much of what the layers' selectors chose so far was padding, of those that select. */
export function paddingOf(layers: readonly Layer[]): Padding[] {
  return layers.flatMap(({ selector }) => (selector ? [{ ...(selector.padding ?? NO_PADDING) }] : []));
}

/** What was added to `before` since then. */
export function paddingSince(before: readonly Padding[], layers: readonly Layer[]): Padding[] {
  return paddingOf(layers).map(({ chosen, padded }, i) => ({
    chosen: chosen - before[i]!.chosen,
    padded: padded - before[i]!.padded,
  }));
}

/** What users are told of work on so many samples. */
export function reportOf(
  layers: readonly Layer[],
  { loss, active, seconds, padding }: Work,
  samples: number,
  counts: CountsState,
): WorkReport {
  const units = layers.slice(0, -1).reduce((total, { output }) => total + output.width, 0);
  const shares = padding.map(({ chosen, padded }) => (padded === 0 ? 0 : padded / chosen));
  return {
    samples,
    loss: loss / samples,
    seconds,
    ...workOf(counts),
    partSeconds: counts.seconds,
    activeShare: layers.length === 1 ? 1 : active / (units * samples),
    paddedShare: shares.length === 0 ? 0 : shares.reduce((total, share) => total + share, 0) / shares.length,
  };
}

function workOf(counts: CountsState): WorkCounts {
  return Object.fromEntries(OPERATIONS.map((kind) => [kind, counts[kind]])) as WorkCounts;
}
