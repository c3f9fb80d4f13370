/** The loss at the end of a network, over the outputs that each sample has active. */
import {
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squaredError,
  type Team,
  type WeightingRecord,
} from '@hashgrad/kernels';
import type { Labels } from '../selectors/selector.ts';
import type { Activations } from './activations.ts';
import type { LossKind } from '../spec/spec.ts';

/** What is to be learned of a batch: see BatchBuffers. */
export interface Answers {
  readonly labels: Labels;
  readonly targets: Float32Array;
}

export class Loss implements Disposable {
  readonly kind: LossKind;
  readonly #team: Team;
  /** Of a batch's samples, one each. */
  readonly losses: Float32Array;
  /** What counts how much; none where a network only predicts. */
  readonly weighting: WeightingRecord | undefined;
  readonly #unlabelled: Answers;

  constructor(kind: LossKind, team: Team, batch: number, weighting?: WeightingRecord) {
    this.kind = kind;
    this.weighting = weighting;
    this.#team = team;
    const { arena } = team;
    this.losses = arena.float32(batch);
    const labels = { offsets: arena.int32(batch + 1), ids: arena.int32(0) };
    this.#unlabelled = { labels, targets: arena.float32(0) };
  }

  /**
   * The sum of the losses of a batch, weighted; to the outputs' gradients go those of the sum / `batch`. Softmax: a sample
   * without a label has no target, so a loss of 0, and nothing to learn.
   */
  apply(outputs: Activations, answers: Answers, batch: number): number {
    const { labels } = answers;
    this.#run(this.kind, outputs, answers, batch, 1 / batch, this.weighting);
    let total = 0;
    for (let s = 0; s < batch; s++) {
      total += this.losses[s]!;
      if (this.kind === 'softmax' && labels.offsets[s] === labels.offsets[s + 1]) {
        outputs.gradients.fill(0, ...rangeOf(outputs, s));
      }
    }
    return total;
  }

  /**
   * How each output of a batch scores, by where it stands in the outputs' arrays: of a softmax its probability among those
   * that are active, of a sigmoid its probability, of a linear output itself. A softmax's gradients are overwritten.
   */
  scores(outputs: Activations, batch: number): (position: number) => number {
    const { values, gradients } = outputs;
    if (this.kind === 'linear') return (position) => values[position]!;
    if (this.kind === 'sigmoid') return (position) => 1 / (1 + Math.exp(-values[position]!));
    this.#run('softmax', outputs, this.#unlabelled, batch, 1);
    return (position) => gradients[position]!;
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    const { labels, targets } = this.#unlabelled;
    for (const view of [this.losses, labels.offsets, labels.ids, targets]) arena.free(view);
  }

  #run(
    kind: LossKind,
    outputs: Activations,
    { labels, targets }: Answers,
    batch: number,
    scale: number,
    weighting?: WeightingRecord,
  ): void {
    const { values, gradients, width } = outputs;
    const { losses } = this;
    const sparse = outputs.kind === 'sparse';
    const active = sparse ? outputs : undefined;
    const stride = sparse ? 0 : outputs.stride;
    const scored = { gradients, losses, outputs: values, stride, width, active, weighting, scale };
    if (kind === 'linear') squaredError(this.#team, { ...scored, targets, targetStride: width }, batch);
    else {
      const labelled = { ...scored, labels, corrections: sparse ? outputs.corrections : undefined };
      if (kind === 'softmax') softmaxCrossEntropy(this.#team, labelled, batch);
      else sigmoidCrossEntropy(this.#team, labelled, batch);
    }
  }
}

/** Where a sample's values start and end in the arrays of a batch. */
function rangeOf(activations: Activations, sample: number): [number, number] {
  if (activations.kind === 'sparse') return [activations.offsets[sample]!, activations.offsets[sample + 1]!];
  return [sample * activations.stride, sample * activations.stride + activations.width];
}
