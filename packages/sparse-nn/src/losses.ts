/** The loss at the end of a network, over the outputs that each sample has active. */
import type { Team } from '@hashgrad/kernels';
import type { Labels } from './selector.ts';
import type { Signal } from './signal.ts';
import type { LossKind } from './spec.ts';

/** What is to be learned of a batch: see BatchBuffers. */
export interface Answers {
  readonly labels: Labels;
  readonly targets: Float32Array;
}

export class Loss implements Disposable {
  readonly kind: LossKind;
  readonly #team: Team;
  readonly #losses: Float32Array;

  constructor(kind: LossKind, team: Team, batch: number) {
    this.kind = kind;
    this.#team = team;
    this.#losses = team.arena.float32(batch);
  }

  /**
   * The sum of the losses of a batch; to the signal's gradients go those of their mean by the outputs. Softmax: a sample
   * without a label has no target, so a loss of 0, and nothing to learn.
   */
  apply(outputs: Signal, answers: Answers, batch: number): number {
    const { arena } = this.#team;
    const { labels, targets } = answers;
    const sparse = outputs.kind === 'sparse';
    const results = [arena.address(outputs.gradients), arena.address(this.#losses)] as const;
    const active = [
      arena.address(outputs.values),
      sparse ? arena.address(outputs.offsets) : 0,
      sparse ? arena.address(outputs.ids) : 0,
      sparse ? 0 : outputs.stride,
      outputs.width,
    ] as const;
    const scale = 1 / batch;
    if (this.kind === 'linear') {
      const wanted = [arena.address(targets), outputs.width] as const;
      this.#team.run('squaredError', [...results, ...active, ...wanted, scale], batch);
    } else {
      const corrections = sparse && outputs.corrections ? arena.address(outputs.corrections) : 0;
      const wanted = [arena.address(labels.offsets), arena.address(labels.ids), corrections] as const;
      const kernel = this.kind === 'softmax' ? 'softmaxCrossEntropy' : 'sigmoidCrossEntropy';
      this.#team.run(kernel, [...results, ...active, ...wanted, scale], batch);
    }
    let total = 0;
    for (let s = 0; s < batch; s++) {
      total += this.#losses[s]!;
      if (this.kind === 'softmax' && labels.offsets[s] === labels.offsets[s + 1]) {
        outputs.gradients.fill(0, ...rangeOf(outputs, s));
      }
    }
    return total;
  }

  /**
   * Whether a sample is classified right: whether the active unit with the highest logit is one of its labels; with a single
   * sigmoid output, whether that is on the label's side of 1/2.
   */
  isHit(outputs: Signal, { labels }: Answers, sample: number): boolean {
    if (this.kind === 'linear') return false;
    const [first, stop] = rangeOf(outputs, sample);
    const { values } = outputs;
    const own = labels.ids.subarray(labels.offsets[sample], labels.offsets[sample + 1]);
    if (this.kind === 'sigmoid' && outputs.width === 1) {
      return first < stop && values[first]! > 0 === own.length > 0;
    }
    if (first === stop) return false;
    let best = first;
    for (let q = first + 1; q < stop; q++) if (values[q]! > values[best]!) best = q;
    return own.includes(outputs.kind === 'dense' ? best - first : outputs.ids[best]!);
  }

  [Symbol.dispose](): void {
    this.#team.arena.free(this.#losses);
  }
}

/** Where a sample's values start and end in a signal's arrays. */
function rangeOf(signal: Signal, sample: number): [number, number] {
  if (signal.kind === 'sparse') return [signal.offsets[sample]!, signal.offsets[sample + 1]!];
  return [sample * signal.stride, sample * signal.stride + signal.width];
}
