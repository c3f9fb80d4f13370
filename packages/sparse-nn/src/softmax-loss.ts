/** The loss at the end of a network: softmax cross-entropy over the units that each sample has active. */
import type { Team } from '@hashgrad/kernels';
import type { Labels } from './selector.ts';
import type { Signal } from './signal.ts';

export class SoftmaxLoss implements Disposable {
  readonly #team: Team;
  readonly #losses: Float32Array;
  readonly #unlabelled: Labels;

  constructor(team: Team, batch: number) {
    this.#team = team;
    this.#losses = team.arena.float32(batch);
    this.#unlabelled = { offsets: team.arena.int32(batch + 1), ids: team.arena.int32(0) };
  }

  /**
   * The sum of the cross-entropies of a batch, in nats; to the signal's gradients go those of their mean by the logits.
   * A sample without a label has no target: a loss of 0, and nothing to learn.
   */
  apply(logits: Signal, labels: Labels, batch: number): number {
    this.#run(logits, labels, batch, 1 / batch);
    let total = 0;
    for (let s = 0; s < batch; s++) {
      total += this.#losses[s]!;
      if (labels.offsets[s] === labels.offsets[s + 1]) logits.gradients.fill(0, ...rangeOf(logits, s));
    }
    return total;
  }

  /** The probabilities of a batch's units, laid out like its logits: they take the place of its gradients. */
  probabilities(logits: Signal, batch: number): Float32Array {
    this.#run(logits, this.#unlabelled, batch, 1);
    return logits.gradients;
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    for (const view of [this.#losses, this.#unlabelled.offsets, this.#unlabelled.ids]) arena.free(view);
  }

  #run(logits: Signal, labels: Labels, batch: number, scale: number): void {
    const { arena } = this.#team;
    const sparse = logits.kind === 'sparse';
    this.#team.run(
      'softmaxCrossEntropy',
      [
        arena.address(logits.gradients),
        arena.address(this.#losses),
        arena.address(logits.values),
        sparse ? arena.address(logits.offsets) : 0,
        sparse ? arena.address(logits.ids) : 0,
        sparse ? 0 : logits.stride,
        logits.width,
        arena.address(labels.offsets),
        arena.address(labels.ids),
        sparse && logits.corrections ? arena.address(logits.corrections) : 0,
        scale,
      ],
      batch,
    );
  }
}

/** Where a sample's values start and end in a signal's arrays. */
function rangeOf(signal: Signal, sample: number): [number, number] {
  if (signal.kind === 'sparse') return [signal.offsets[sample]!, signal.offsets[sample + 1]!];
  return [sample * signal.stride, sample * signal.stride + signal.width];
}
