/** Units in blocks that fire together: what is chosen is a few blocks, by a hash or by a router. */
import { topK } from '@hashgrad/kernels';
import { simHash, untaughtFamilyOf, type FamilySpec } from '@hashgrad/lsh';
import { TOP_K_PASSES } from '../highest.ts';
import { KeyedLists } from '../keyed-lists.ts';
import { checkRouter, isTrained, Router, type RouterSpec } from '../router.ts';
import {
  activeCount,
  type ActiveSize,
  type GateGradients,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import { ListWriter } from '../unit-lists.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import type { Weights } from '../../layers/weights.ts';
import { ExpertChoice } from './expert-choice.ts';
import type { Known } from '../../spec/options.ts';

/** Blocks of units as plain JSON, see `blocks`. */
export interface BlocksSpec extends SelectorSpec, ActiveSize {
  readonly kind: 'blocks';
  /** Units of a block. */
  readonly size: number;
  /** Who chooses: the layer's input by a hash, the sample itself, or a router. */
  readonly by: FamilySpec | RouterSpec | 'sample';
  /** With a router, in training: each sample its best blocks, or each block its best samples. */
  readonly choice: 'token' | 'expert';
}

/**
 * Units 0 to size - 1 are a block, the next `size` units another, and so on. A sample has `fraction` or `count` of the units, in
 * whole blocks (a fraction is rounded to these): a mixture of experts inside one layer, each block being an expert.
 *
 * `by`: simHash({ bits: 8, tables: 1 }) by default. A hash of the layer's input gives each code a random choice of blocks that
 * stays (Hash Layers, Roller et al., NeurIPS 2021); 'sample' gives one to each row, known by its bits (see `persistent`). A
 * router() scores blocks by the input and is trained by its gates, see there.
 *
 * `choice`, with a router: 'token' (the default), in which each sample has the blocks with its highest scores; or 'expert', in
 * which each block takes those samples of the batch that have it most probable among all blocks, as many as make the mean right
 * (Zhou et al., Mixture-of-Experts with Expert Choice Routing, NeurIPS 2022, section 3): all blocks do the same work, and no
 * balance is needed. A sample is then in no block or in several, in those of four times the mean at most that have it most
 * probable. What a block would take depends on the other samples, so that an evaluation, which must not, gives each sample its
 * best blocks, as 'token' does.
 *
 * Evaluate a network with a router with `pass: 'sparse'`: a full pass has all units as they are, without gates.
 */
export function blocks(
  parameters: ActiveSize & Pick<BlocksSpec, 'size'> & Partial<Pick<BlocksSpec, 'by' | 'choice'>>,
): BlocksSpec {
  return { kind: 'blocks', by: simHash({ bits: 8, tables: 1 }), choice: 'token', ...parameters };
}

export const blocksSelector: SelectorDefinition = {
  kind: 'blocks',
  options: { ...SIZE_OPTIONS, size: true, by: true, choice: true } satisfies Known<BlocksSpec>,
  check(spec, units) {
    const { size, by, choice } = spec as BlocksSpec;
    const active = blocksOf(spec as BlocksSpec, units);
    if (choice !== 'token' && choice !== 'expert') {
      throw new RangeError(`blocks: choice is 'token' or 'expert'; got '${String(choice)}'.`);
    }
    if (isRouter(by)) {
      checkRouter('blocks', by);
      if (choice === 'expert' && by.balance !== undefined) {
        throw new RangeError(
          `blocks: where blocks choose their samples they are in balance: leave balance out; got ${by.balance}.`,
        );
      }
      return;
    }
    if (choice === 'expert') {
      throw new RangeError("blocks: choice 'expert' is by the scores of a router: give one as `by`.");
    }
    if (by === 'sample') return;
    untaughtFamilyOf(by);
    if (by.tables > active) {
      throw new RangeError(
        `blocks: each of its ${by.tables} tables gives some of the ${active} active blocks of ${size} units; have fewer tables.`,
      );
    }
  },
  capabilities(spec) {
    const { by } = spec as BlocksSpec;
    return { gates: isRouter(by) && isTrained(by) ? 'a router' : undefined };
  },
  bind: (spec, context) => {
    const { by } = spec as BlocksSpec;
    return isRouter(by)
      ? new RoutedBlocks(by, spec as BlocksSpec, context)
      : new KeyedBlocks(by, spec as BlocksSpec, context);
  },
};

function isRouter(by: BlocksSpec['by']): by is RouterSpec {
  return typeof by === 'object' && by !== null && by.kind === 'router';
}

/** How many blocks a sample has. @throws {RangeError} for a size that units cannot be cut into. */
function blocksOf(spec: BlocksSpec, units: number): number {
  const { size, fraction } = spec;
  if (!(Number.isSafeInteger(size) && size >= 1)) {
    throw new RangeError(`blocks: size is a number of units, 1 or more; got ${size}.`);
  }
  if (units % size !== 0) {
    throw new RangeError(
      `blocks: ${units} units are no whole number of blocks of ${size}; have ${Math.ceil(units / size) * size}.`,
    );
  }
  const count = activeCount('blocks', spec, units);
  if (fraction !== undefined) return Math.max(1, Math.round((fraction * units) / size));
  if (count % size !== 0) {
    throw new RangeError(
      `blocks: count is a number of units in whole blocks of ${size}; got ${count}, which are ${(count / size).toFixed(2)}.`,
    );
  }
  return count / size;
}

/** Writes lists of blocks as lists of their units. */
class BlockWriter {
  readonly #size: number;
  readonly #writer: ListWriter;

  constructor(size: number, units: number) {
    this.#size = size;
    this.#writer = new ListWriter(units);
  }

  /** Sample s has `lengths[s]` blocks from s * stride on, ascending; `maxActive` units at most. */
  write(
    selection: Selection,
    output: SparseActivations,
    lists: Int32Array,
    lengths: Int32Array,
    stride: number,
    maxActive: number,
  ): void {
    const size = this.#size;
    const { ids, offsets } = output;
    if (selection.forced) {
      return this.#writer.write(selection, output, maxActive, (s) => {
        const own = lists.subarray(s * stride, s * stride + lengths[s]!);
        return Array.from(own).flatMap((block) => Array.from({ length: size }, (_, i) => block * size + i));
      });
    }
    let to = 0;
    for (let s = 0; s < selection.batch; s++) {
      offsets[s] = to;
      const end = s * stride + lengths[s]!;
      for (let b = s * stride; b < end; b++) {
        const first = lists[b]! * size;
        for (let i = 0; i < size; i++) ids[to++] = first + i;
      }
    }
    offsets[selection.batch] = to;
  }
}

/** By a hash of the input, or by sample. */
class KeyedBlocks implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #lists: KeyedLists;
  readonly #blocks: Int32Array;
  readonly #lengths: Int32Array;
  readonly #active: number;
  readonly #writer: BlockWriter;

  constructor(by: FamilySpec | 'sample', spec: BlocksSpec, context: SelectorContext) {
    const { team, units, batch } = context;
    const { size } = spec;
    this.#context = context;
    this.#active = blocksOf(spec, units);
    this.maxActive = this.#active * size;
    this.#lists = new KeyedLists(by, { items: units / size, limit: this.#active }, 'blocks', context);
    this.#blocks = team.arena.int32(batch * this.#active);
    this.#lengths = team.arena.int32(batch);
    this.#writer = new BlockWriter(size, units);
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts } = this.#context;
    // Labels are units, not blocks.
    this.#lists.draw({ ...selection, forced: undefined }, this.#blocks, this.#lengths);
    counts.time('choose', () =>
      this.#writer.write(selection, output, this.#blocks, this.#lengths, this.#active, this.maxActive),
    );
  }

  updated(): void {}

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#lists[Symbol.dispose]();
    arena.free(this.#blocks);
    arena.free(this.#lengths);
  }
}

/** By a router. */
class RoutedBlocks implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly backward: ((gates: GateGradients) => void) | undefined;
  readonly #context: SelectorContext;
  readonly #size: number;
  readonly #active: number;
  readonly #router: Router;
  readonly #experts: ExpertChoice | undefined;
  /** Each sample's blocks, from s * stride on. */
  readonly #blocks: Int32Array;
  readonly #stride: number;
  readonly #lengths: Int32Array;
  readonly #gates: Float32Array;
  readonly #writer: BlockWriter;

  constructor(by: RouterSpec, spec: BlocksSpec, context: SelectorContext) {
    const { team, units, batch } = context;
    const { size, choice } = spec;
    const groups = units / size;
    this.#context = context;
    this.#size = size;
    this.#active = blocksOf(spec, units);
    if (choice === 'expert') this.#experts = new ExpertChoice(team, groups, this.#active, batch);
    this.#stride = this.#experts?.most ?? this.#active;
    this.maxActive = this.#stride * size;
    this.#router = new Router(by, groups, choice === 'expert' ? 0 : 0.01, context);
    this.#blocks = team.arena.int32(batch * this.#stride);
    this.#lengths = team.arena.int32(batch);
    this.#gates = new Float32Array(batch * this.maxActive);
    this.#writer = new BlockWriter(size, units);
    this.backward = isTrained(by) ? (gates) => this.#backward(gates) : undefined;
  }

  get parameters(): Readonly<Record<string, Weights>> {
    return this.#router.parameters;
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts } = this.#context;
    const { input, batch, training } = selection;
    const scores = this.#router.score(input, batch);
    counts.time('choose', () => {
      if (training && this.#experts) this.#experts.choose(scores, batch, this.#blocks, this.#lengths);
      else this.#best(scores, batch);
      this.#writer.write(selection, output, this.#blocks, this.#lengths, this.#stride, this.maxActive);
      this.#giveGates(output, batch);
    });
    counts.add('choose', { comparisons: TOP_K_PASSES * batch * scores.width });
  }

  updated(): void {
    this.#router.updated();
  }

  state(): SelectorState {
    return this.#router.state();
  }

  restore(state: SelectorState): void {
    this.#router.restore(state);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#router[Symbol.dispose]();
    this.#experts?.[Symbol.dispose]();
    arena.free(this.#blocks);
    arena.free(this.#lengths);
  }

  /** Each sample's blocks with the highest scores. */
  #best({ values, stride, width }: ReturnType<Router['score']>, batch: number): void {
    const k = this.#active;
    topK(this.#context.team, { ids: this.#blocks, values, stride, width, k }, batch);
    // Lists are this.#stride apart.
    for (let s = batch - 1; s > 0; s--) this.#blocks.copyWithin(s * this.#stride, s * k, s * k + k);
    this.#lengths.fill(k, 0, batch);
  }

  #giveGates(output: SparseActivations, batch: number): void {
    let to = 0;
    for (let s = 0; s < batch; s++) {
      for (let i = 0; i < this.#lengths[s]!; i++) {
        const gate = this.#router.choose(s, this.#blocks[s * this.#stride + i]!);
        this.#gates.fill(gate, to, (to += this.#size));
      }
    }
    if (this.backward) output.gates = this.#gates;
  }

  #backward(gates: GateGradients): void {
    const { batch, gradients, stage } = gates;
    if (stage !== 'apply') {
      this.#router.begin(batch);
      let from = 0;
      for (let s = 0; s < batch; s++) {
        for (let i = 0; i < this.#lengths[s]!; i++) {
          let sum = 0;
          for (const end = from + this.#size; from < end; from++) sum += gradients[from]!;
          const block = this.#blocks[s * this.#stride + i]!;
          this.#router.add(s, block, this.#gates[from - 1]!, sum);
        }
      }
    }
    this.#router.backward(gates);
  }
}
