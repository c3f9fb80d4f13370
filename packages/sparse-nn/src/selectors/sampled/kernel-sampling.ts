/** Negatives drawn by a kernel of the input and their weights: adaptive as the softmax is, at the logarithm of its cost. */
import { randomStream, type RandomStream } from '@hashgrad/kernels';
import { correctionsBy } from '../log-q.ts';
import { compactLists, writeForced } from '../unit-lists.ts';
import {
  activeCount,
  type ActiveSize,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import { streamOf } from '../selector-state.ts';
import { DenseForm } from '../../layers/dense-form.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import { KernelTree } from './kernel-tree.ts';
import { bindKernel, checkKernel, type SamplingKernel, type SamplingKernelSpec } from './sampling-kernels.ts';
import type { Known } from '../../spec/options.ts';

/** Kernel-based sampling as plain JSON, see `kernelSampling`. */
export interface KernelSamplingSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'kernelSampling';
  readonly kernel: SamplingKernelSpec;
  /** In a training softmax or sigmoid: corrects the logits of drawn classes for their expected count. */
  readonly logQ: boolean;
  /** Units of a leaf of the tree, whose kernels are computed one by one. */
  readonly leaf: number;
}

/**
 * A new subset for each sample of each step, drawn without replacement with probabilities proportional to a kernel of the
 * sample's input and the class's weights. `kernel` is `{ kind: 'quadratic', alpha: 100 }` (the default: alpha (w . x + b)^2 + 1,
 * which favours large logits of either sign; Blanc and Rendle, ICML 2018) or `{ kind: 'fourier', nu, features }` (exp(nu cos(x, w))
 * by random Fourier features; Rawat et al., NeurIPS 2019). A binary tree holds sums of the kernel's features: a draw descends
 * it by the sums' products with the input's features, and ends in a leaf of `leaf` (default 64) classes, whose
 * kernels are computed. In a training softmax the labels are active beside it, and drawn no second time.
 *
 * Whatever the estimate of a kernel is worth, the probability of each draw is known, so that `logQ` (default true) is as
 * exact as that of frequency(): -log(1 - exp(-q T)) is added to the logit of a class drawn with probability q, T being the
 * time at which the first class comes that has no place, if draws come at rate 1. After each step the sums are made anew of
 * the leaves that it changed. A product with the sums takes (inputs + 1) (inputs + 2) / 2 multiply-adds, or `features`; with
 * many inputs and draws and few classes all products are cheaper than draws by the quadratic kernel.
 */
export function kernelSampling(
  parameters: ActiveSize & Partial<Pick<KernelSamplingSpec, 'kernel' | 'logQ' | 'leaf'>>,
): KernelSamplingSpec {
  const kernel = { kind: 'quadratic', alpha: 100 } as const;
  return { kind: 'kernelSampling', kernel, logQ: true, leaf: 64, ...parameters };
}

export const kernelSamplingSelector: SelectorDefinition = {
  kind: 'kernelSampling',
  options: { ...SIZE_OPTIONS, kernel: true, logQ: true, leaf: true } satisfies Known<KernelSamplingSpec>,
  check(spec, units) {
    const { kernel, leaf } = spec as KernelSamplingSpec;
    activeCount('kernelSampling', spec as KernelSamplingSpec, units);
    checkKernel('kernelSampling', kernel);
    if (!(Number.isSafeInteger(leaf) && leaf >= 1)) {
      throw new RangeError(`kernelSampling: leaf is a number of units, 1 or more; got ${leaf}.`);
    }
  },
  capabilities: (spec) => correctionsBy(spec as KernelSamplingSpec),
  bind: (spec, context) => new KernelSampling(spec as KernelSamplingSpec, context),
};

/** Draws of a sample, at most, as a multiple of the units. */
const MOST_DRAWS = 100;

class KernelSampling implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #kernel: SamplingKernel;
  readonly #tree: KernelTree;
  readonly #dense: DenseForm;
  readonly #lengths: Int32Array;
  readonly #corrections: Float32Array | undefined;
  /** The sample that last listed a unit. */
  readonly #mark: Int32Array;
  #stamp = 0;
  /** Of the drawn units of a sample: their probabilities in a draw. */
  readonly #probabilities: Float64Array;
  #random: RandomStream;

  constructor(spec: KernelSamplingSpec, context: SelectorContext) {
    const { team, units, inputs, batch, seed, name, weights } = context;
    this.maxActive = activeCount('kernelSampling', spec, units);
    this.#context = context;
    const random = randomStream(seed, `${name} kernel`);
    this.#kernel = bindKernel(spec.kernel, weights, random.integer(2 ** 32));
    this.#tree = new KernelTree(this.#kernel, units, spec.leaf);
    this.#dense = new DenseForm(team, batch, inputs, false);
    this.#lengths = team.arena.int32(batch);
    this.#corrections = spec.logQ ? team.arena.float32(batch * this.maxActive) : undefined;
    this.#mark = new Int32Array(units);
    this.#probabilities = new Float64Array(this.maxActive);
    this.#random = randomStream(seed, `${name} kernel sampling`);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts, seed, name, inputs } = this.#context;
    const { input, batch, training, forced } = selection;
    const { features } = this.#kernel;
    const tree = this.#tree;
    this.#refresh();
    // An evaluation has draws of its own, the same for each of its batches.
    const random = training ? this.#random : randomStream(seed, `${name} kernel sampling, evaluation`);
    const corrections = forced ? this.#corrections : undefined;
    const lengths = this.#lengths;
    tree.work = { masses: 0, values: 0, turns: 0 };
    counts.time('choose', () => {
      const { values, stride } = this.#dense.of(input, batch);
      const { ids } = output;
      writeForced(forced, ids, lengths, this.maxActive, batch);
      for (let s = 0; s < batch; s++) {
        tree.take(values, s * stride);
        const list = ids.subarray(s * this.maxActive, (s + 1) * this.maxActive);
        const certain = lengths[s]!;
        const time = this.#fill(list, certain, random);
        if (corrections) this.#correct(corrections.subarray(s * this.maxActive), certain, time);
        if (!forced) list.sort();
        lengths[s] = this.maxActive;
      }
      compactLists(output, this.maxActive, lengths, batch);
      output.corrections = corrections;
    });
    const { masses, values, turns } = tree.work;
    const products = masses * features + values * inputs + batch * features * this.#kernel.cost;
    counts.add('choose', { multiplyAdds: products, comparisons: turns });
  }

  updated(rows: Int32Array): void {
    this.#tree.changed(rows);
  }

  state(): SelectorState {
    return { values: { random: this.#random.state() } };
  }

  restore(state: SelectorState): void {
    this.#random = streamOf(state, 'random');
    this.#tree.changed();
  }

  rewritten(): void {
    this.#tree.changed();
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#dense[Symbol.dispose]();
    arena.free(this.#lengths);
    if (this.#corrections) arena.free(this.#corrections);
  }

  #refresh(): void {
    const { counts } = this.#context;
    const { features, cost } = this.#kernel;
    const { units, nodes } = counts.time('rehash', () => this.#tree.refresh());
    counts.add('rehash', { multiplyAdds: units * features * cost, additions: (units + nodes) * features });
  }

  /**
   * Fills a list that has `certain` units up with different ones, and notes their probabilities. The time at which the first
   * unit came that had no place; Infinity where all units are listed.
   */
  #fill(list: Int32Array, certain: number, random: RandomStream): number {
    const { units } = this.#context;
    const mark = this.#mark;
    const stamp = ++this.#stamp;
    for (const id of list.subarray(0, certain)) mark[id] = stamp;
    let length = certain;
    if (list.length === units) {
      for (let unit = 0; unit < units; unit++) if (mark[unit] !== stamp) list[length++] = unit;
      return Infinity;
    }
    if (length === list.length) return Infinity;
    let time = 0;
    for (let draws = 0; draws < MOST_DRAWS * units; draws++) {
      const { unit, probability } = this.#tree.draw(random);
      time -= Math.log1p(-random.uniform());
      if (mark[unit] === stamp) continue;
      if (length === list.length) return time;
      mark[unit] = stamp;
      this.#probabilities[length] = probability;
      list[length++] = unit;
    }
    throw new RangeError(
      `kernelSampling: ${MOST_DRAWS * units} draws gave fewer than ${list.length} different units of ${units}: the kernel ` +
        'is too uneven. Have fewer units, or a smaller alpha or nu.',
    );
  }

  /** Writes -log of the probability of inclusion, given the time; see the kernel drawWeighted. */
  #correct(corrections: Float32Array, certain: number, time: number): void {
    corrections.fill(0, 0, certain);
    for (let i = certain; i < this.maxActive; i++) {
      corrections[i] = time === Infinity ? 0 : -Math.log(-Math.expm1(-this.#probabilities[i]! * time));
    }
  }
}
