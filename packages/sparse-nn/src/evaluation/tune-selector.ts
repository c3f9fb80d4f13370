/** Which selector to give a layer, and with what parameters: measured on rows, for the weights as they are. */
import type { Inputs } from '../examples/examples.ts';
import { freeActivations, sparseActivations, type Activations } from '../layers/activations.ts';
import { Counts, workOf } from '../layers/counts.ts';
import { unitWeights, writeUnitWeights } from '../layers/unit-weights.ts';
import type { Piecewise } from '../layers/piecewise.ts';
import { createWeights, layerWeights, type Weights } from '../layers/weights.ts';
import { sgd } from '../optimizers/sgd.ts';
import type { Passes } from '../passes/passes.ts';
import { checkOptions, isList, shown } from '../spec/options.ts';
import type { SelectorDefinition, SelectorSpec } from '../selectors/selector.ts';
import { capabilitiesOf, selectorOf } from '../selectors/selectors.ts';
import { bestUnits, common } from './best-units.ts';

/** What is wanted of a selector, and which are tried. */
export interface SelectorGoal {
  /**
   * The share of the exact best units that it is to find, above 0 to 1: of as many as it may choose, those with the highest
   * activations.
   */
  readonly recall: number;
  /**
   * What is tried. Default: what the layer's own selector has as its variants: `lsh` of other numbers of bits and tables,
   * `signatures` of other numbers of bits.
   */
  readonly candidates?: readonly SelectorSpec[] | undefined;
  /** How many of the rows are looked at, from the first on, at most. Default 256. */
  readonly rows?: number | undefined;
}

/** A selector that was tried, and what to expect of it: means over the rows. */
export interface TunedSelector {
  readonly select: SelectorSpec;
  /** The share of the exact best units that it found. */
  readonly recall: number;
  /** Units that it chose, as a share of the layer. */
  readonly active: number;
  /** Work of choosing (in multiply-adds, see COST_WEIGHTS) as a share of that of all units: without that of the chosen units. */
  readonly choosing: number;
  /** Work of choosing and of the chosen units, as a share of that of all units: below 1 it is worth its while. */
  readonly cost: number;
  /** Work of hashing all weights once, in products of all units with a row. */
  readonly rehash: number;
  /** Whether it reaches the recall that is wanted. */
  readonly reached: boolean;
}

/**
 * Tries selectors on layer `index` (from 0) for rows like those to come, each with state of its own: nothing of the network changes.
 * Those that reach the recall come first, the cheapest first; after them the others, the highest recall first. Trying one takes the
 * time of hashing the layer's weights.
 * @throws {RangeError} if there is no such layer, or the goal, a candidate or the rows do not fit.
 */
export function* tuning(
  passes: Passes,
  index: number,
  given: Inputs,
  goal: SelectorGoal,
): Piecewise<TunedSelector[]> {
  checkOptions('tuneSelector', goal, { recall: true, candidates: true, rows: true });
  const { recall, rows = 256 } = goal;
  if (!(Number.isFinite(recall) && recall > 0 && recall <= 1)) {
    throw new RangeError(`recall is above 0 and at most 1; got ${shown(recall)}.`);
  }
  if (!(Number.isInteger(rows) && rows >= 1)) {
    throw new RangeError(`rows is an integer of 1 or more; got ${shown(rows)}.`);
  }
  const inputs = passes.accept(given);
  const { units, select } = passes.spec.layers[index]!;
  const { candidates = capabilitiesOf(select, units).variants } = goal;
  if (candidates !== undefined && !isList(candidates)) {
    throw new TypeError(`candidates are a list of selectors; got ${shown(candidates)}.`);
  }
  if (!candidates || candidates.length === 0) {
    throw new RangeError(
      `Layer ${index + 1} has the selector '${select.kind}', which has no variants: give \`candidates\` to try.`,
    );
  }
  const tried = candidates.map((spec, at) => {
    if (typeof spec !== 'object' || spec === null) {
      throw new TypeError(`Candidate ${at} is a selector, as \`topK()\` gives it; got ${shown(spec)}.`);
    }
    const definition = selectorOf(spec, units);
    if (!definition) throw new RangeError(`Candidate ${at} is 'all', which chooses nothing.`);
    return { spec, definition };
  });
  const count = Math.min(rows, inputs.rows);
  const results: TunedSelector[] = [];
  for (const { spec, definition } of tried) {
    using trial = new Trial(passes, index, spec, definition);
    yield;
    results.push(yield* trial.run(inputs, count, recall));
  }
  return results.toSorted((a, b) => {
    if (a.reached !== b.reached) return a.reached ? -1 : 1;
    return a.reached ? a.cost - b.cost : b.recall - a.recall;
  });
}

/** One selector, bound to the layer's weights. */
class Trial implements Disposable {
  readonly #passes: Passes;
  readonly #layer: number;
  readonly #spec: SelectorSpec;
  readonly #counts = new Counts();
  readonly #selector;
  /** Where the layer keeps its weights otherwise than by unit: a copy by unit. */
  readonly #copy: Weights | undefined;

  constructor(passes: Passes, layer: number, spec: SelectorSpec, definition: SelectorDefinition) {
    const { team, options, layers } = passes;
    const { weights: own } = layers[layer]!;
    this.#passes = passes;
    this.#layer = layer;
    this.#spec = spec;
    const { units } = passes.spec.layers[layer]!;
    const inputs = this.#inputs;
    const given = layers[layer]!.parameters['weights']!;
    if (own.rowOf === 'input' || given.connections) {
      this.#copy = createWeights(team.arena, units, inputs, true, sgd({ rate: 1 }));
      writeUnitWeights(layerWeights('unit', this.#copy, this.#copy.bias!), unitWeights(own));
    }
    this.#selector = definition.bind(spec, {
      team,
      seed: options.seed,
      name: `layer ${layer + 1}`,
      weights: this.#copy ?? given,
      units,
      inputs,
      batch: passes.fullBatch,
      counts: this.#counts,
      optimizer: layers[layer]!.optimizer,
    });
  }

  get #inputs(): number {
    const { spec } = this.#passes;
    return this.#layer === 0 ? spec.inputs : spec.layers[this.#layer - 1]!.units;
  }

  *run(inputs: Inputs, rows: number, wanted: number): Piecewise<TunedSelector> {
    const passes = this.#passes;
    const { units } = passes.spec.layers[this.#layer]!;
    const all = units * this.#inputs;
    const rehash = workOf(this.#counts.get(), ['rehash']) / all;
    const permutation = Int32Array.from({ length: rows }, (_, row) => row);
    const sums = { found: 0, best: 0, active: 0, products: 0 };
    for (let row = 0; row < rows; row += passes.fullBatch) {
      const batch = Math.min(passes.fullBatch, rows - row);
      passes.counts.paused(() => {
        passes.buffers.loadInputs(inputs, permutation, row, batch);
        passes.forward(batch);
        this.#add(sums, passes.inputOf(this.#layer), batch);
      });
      yield;
    }
    const choosing = workOf(this.#counts.get(), ['hashing', 'choose']) / (rows * all);
    const recall = sums.best === 0 ? 1 : sums.found / sums.best;
    return {
      select: this.#spec,
      recall,
      active: sums.active / (rows * units),
      choosing,
      cost: choosing + sums.products / (rows * all),
      rehash,
      reached: recall >= wanted,
    };
  }

  /** Adds a batch, whose input of the layer is there. */
  #add(
    sums: { found: number; best: number; active: number; products: number },
    input: Activations,
    batch: number,
  ): void {
    const { team, layers, spec } = this.#passes;
    const selector = this.#selector;
    const { units, activation } = spec.layers[this.#layer]!;
    const full = this.#passes.full(this.#layer);
    layers[this.#layer]!.forwardAll(input, full, batch);
    const best = bestUnits(team, full, batch, selector.maxActive, activation);
    const chosen = sparseActivations(team.arena, batch, units, batch * selector.maxActive, false);
    try {
      const samples = (): Uint32Array => this.#passes.buffers.keys(batch);
      selector.select({ input, batch, training: false, forced: undefined, samples }, chosen);
      for (const [s, own] of best.entries()) {
        const ids = chosen.ids.slice(chosen.offsets[s], chosen.offsets[s + 1]).toSorted();
        sums.found += common(ids, own);
        sums.best += own.length;
        sums.active += ids.length;
        sums.products += ids.length * input.width;
      }
    } finally {
      freeActivations(team.arena, chosen);
    }
  }

  [Symbol.dispose](): void {
    this.#selector[Symbol.dispose]();
    this.#copy?.[Symbol.dispose]();
  }
}
