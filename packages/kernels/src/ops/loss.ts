/** Losses over the outputs that each sample has active, with their gradients. */
import type { Arena } from '../memory/arena.ts';
import type { Team } from '../threads/team.ts';
import { OwnRecord } from './layout.ts';
import { addressOf, type RecordValues, recordWords } from './record.ts';
import { checkRoom, listsSpan, rowsSpan } from './room.ts';

/** What counts how much in a loss; without an array all count 1. */
export interface WeightingFields {
  /** One a sample of the batch. */
  readonly samples?: Float32Array | undefined;
  /** One a unit of the last layer: weights of classes, or of outputs. */
  readonly outputs?: Float32Array | undefined;
  /** One a unit of the last layer: what a target of 1 counts beside one of 0, by sigmoidCrossEntropy. */
  readonly positives?: Float32Array | undefined;
  /** The share of targets that goes to all outputs, from 0 to below 1; of cross-entropies only. */
  readonly smoothing: number;
}

/** The record of weights. */
export class WeightingRecord extends OwnRecord<'Weighting', WeightingFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Weighting');

  /** @param words WORDS words of the arena. Default: new ones. @throws {TypeError} if an array is not in the arena. */
  constructor(arena: Arena, fields: WeightingFields, words: Int32Array = arena.int32(WeightingRecord.WORDS)) {
    super(arena, 'Weighting', weightingValues, fields, words);
  }
}

function weightingValues(fields: WeightingFields): RecordValues<'Weighting'> {
  const { samples, outputs, positives, smoothing } = fields;
  return { samples, outputs, positives, smoothing };
}

/** The outputs of a batch, and what a loss makes of them. */
export interface ScoredOutputs {
  /** Laid out like the outputs: those of `scale` times the loss by them. */
  readonly gradients: Float32Array;
  /** One a sample, in nats; of squared errors the mean. */
  readonly losses: Float32Array;
  /** Weighted sums. Sample s has `width` from s * stride on; or, where there are `active` units, those of its list. */
  readonly outputs: Float32Array;
  readonly stride: number;
  readonly width: number;
  /** Sample s has the units ids[offsets[s]] to ids[offsets[s + 1] - 1], below `width`; they are not checked. */
  readonly active?: Lists | undefined;
  /** None: all count 1. */
  readonly weighting?: WeightingRecord | undefined;
  readonly scale: number;
}

interface Lists {
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
}

/** Outputs of which some are right. */
export interface LabelledOutputs extends ScoredOutputs {
  /** Sample s has the labels ids[offsets[s]] to ids[offsets[s + 1] - 1], below `width`; they are not checked. */
  readonly labels: Lists;
  /** Laid out like the outputs: of sampled ones -log of their inclusion probability. None: 0. */
  readonly corrections?: Float32Array | undefined;
}

/**
 * The cross-entropy of the softmax over each of `count` samples' active outputs, to which corrections are added first. A
 * sample's labels share the target evenly; a label that is not active has none of it.
 * @throws {RangeError} if an array has too few elements.
 */
export function softmaxCrossEntropy(team: Team, outputs: LabelledOutputs, count: number): void {
  crossEntropy('softmaxCrossEntropy', team, outputs, count);
}

/**
 * The cross-entropy of independent outputs with the probabilities 1 / (1 + e^-output), summed over each of `count` samples'
 * active ones. Targets are 1 at the labels; a label that is not active adds nothing. An output counts e^correction times.
 * @throws {RangeError} if an array has too few elements.
 */
export function sigmoidCrossEntropy(team: Team, outputs: LabelledOutputs, count: number): void {
  crossEntropy('sigmoidCrossEntropy', team, outputs, count);
}

/**
 * The mean of (output - target)^2 over each of `count` samples' active outputs.
 * @throws {RangeError} if an array has too few elements.
 */
export function squaredError(
  team: Team,
  outputs: ScoredOutputs & {
    /** Of sample s, unit u: targets[s * targetStride + u]. */
    readonly targets: Float32Array;
    readonly targetStride: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { gradients, losses, outputs: values, stride, width, active, targets, targetStride, scale } = outputs;
  const { weighting } = outputs;
  checkOutputs('squaredError', outputs, count);
  checkRoom('squaredError', 'targets', targets, rowsSpan(count, targetStride, width));
  const results = [arena.address(gradients), arena.address(losses)] as const;
  const lists = [addressOf(arena, active?.offsets), addressOf(arena, active?.ids)] as const;
  const wanted = [arena.address(targets), targetStride, addressOf(arena, weighting?.record), scale] as const;
  const args = [...results, arena.address(values), ...lists, stride, width, ...wanted] as const;
  team.run('squaredError', [...args], count);
}

function crossEntropy(
  op: 'softmaxCrossEntropy' | 'sigmoidCrossEntropy',
  team: Team,
  outputs: LabelledOutputs,
  count: number,
): void {
  const { arena } = team;
  const { gradients, losses, outputs: logits, stride, width, active, labels, corrections, scale } = outputs;
  const { weighting } = outputs;
  const span = checkOutputs(op, outputs, count);
  checkRoom(op, 'labels', labels.ids, listsSpan(op, labels.offsets, count, 'label offsets'));
  if (corrections) checkRoom(op, 'corrections', corrections, span);
  const results = [arena.address(gradients), arena.address(losses)] as const;
  const lists = [addressOf(arena, active?.offsets), addressOf(arena, active?.ids)] as const;
  const wanted = [arena.address(labels.offsets), arena.address(labels.ids)] as const;
  const args = [...results, arena.address(logits), ...lists, stride, width, ...wanted] as const;
  const counted = [addressOf(arena, corrections), addressOf(arena, weighting?.record), scale] as const;
  // An output takes an exponential.
  const size = (4 * (active ? (active.offsets[count] as number) : count * width)) / Math.max(1, count);
  team.run(op, [...args, ...counted], count, { size });
}

/** How many elements arrays that are laid out like the outputs need. */
function checkOutputs(op: string, scored: ScoredOutputs, count: number): number {
  const { gradients, losses, outputs, stride, width, active } = scored;
  const span = active ? listsSpan(op, active.offsets, count) : rowsSpan(count, stride, width);
  checkRoom(op, 'gradients', gradients, span);
  checkRoom(op, 'losses', losses, count);
  checkRoom(op, 'outputs', outputs, span);
  if (active) checkRoom(op, 'ids', active.ids, span);
  if (scored.weighting) checkWeighting(op, scored.weighting, count, width);
  return span;
}

/** @throws {RangeError} unless there are weights for `count` samples of `units` outputs, where there are any. */
export function checkWeighting(op: string, { fields }: WeightingRecord, count: number, units: number): void {
  const { samples, outputs, positives } = fields;
  if (samples) checkRoom(op, 'weights of samples', samples, count);
  if (outputs) checkRoom(op, 'weights of outputs', outputs, units);
  if (positives) checkRoom(op, 'weights of positives', positives, units);
}
