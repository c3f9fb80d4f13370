/**
 * What selectors choose, looked at on some probe rows: a static choice, one no better than chance, units that never fire.
 * Costs a sparse and a full pass over the probe; nothing of it is in training's own path.
 */
import type { Inputs } from '../examples/examples.ts';
import type { Passes } from '../passes/passes.ts';
import { shown } from '../spec/options.ts';
import { bestUnits, common } from './best-units.ts';
import type { DenseActivations, SparseActivations } from '../layers/activations.ts';

/** The rows for which selectors' choices are looked at. */
export interface DiagnosticsOptions {
  /** The rows to look at. Default: the first of the training examples. */
  readonly probe?: Inputs;
  /** How many of them, at most. Default 256. */
  readonly rows?: number;
}

/** One layer's choice for the probe rows. Shares are from 0 to 1. */
export interface LayerDiagnostics {
  /** As in spec.layers, from 0. */
  readonly layer: number;
  /** Mean share of units that were active. */
  readonly activeShare: number;
  /**
   * Share of the exact top k that was chosen, k being the most units that may fire. ReLU units of activation 0 are left out
   * of the top k: whether they are chosen changes nothing.
   */
  readonly overlap: number;
  /** Activations chosen, as a share of those of the exact top k; of a softmax, probabilities. */
  readonly activationMass: number;
  /** Mean Jaccard similarity of the choices for two rows: 1 is a choice that ignores its input, s / (2 - s) chance. */
  readonly jaccardAcrossInputs: number;
  /** The same for a row now and when it was looked at before: 1 is a choice that stays. Not known the first time. */
  readonly jaccardAcrossEpochs?: number;
  /**
   * Share of units that give nothing but 0 for all probe rows, because they are never chosen, or by ReLU wherever they are: with
   * few rows, some would by chance.
   */
  readonly deadShare: number;
  /** Gini coefficient of how often units fire: 0 for all alike, near 1 where few do all the work. */
  readonly usageGini: number;
  /** Share of active units in training so far that were padding. */
  readonly paddedShare: number;
  /** Share of hash codes in the tables that a rehash would change now; only where there are tables. */
  readonly codesChanged?: number;
}

/** Rows after each one that it is compared with. */
const NEIGHBOURS = 8;

/** What one pass over the probe adds up, for one layer. */
interface Sums {
  readonly sets: Int32Array[];
  readonly usage: Int32Array;
  /** 1 for units that gave something. */
  readonly alive: Uint8Array;
  active: number;
  overlap: number;
  top: number;
  mass: number;
  topMass: number;
}

/** Looks at the same rows time and again. */
export class DiagnosticsProbe {
  readonly #passes: Passes;
  readonly #inputs: Inputs;
  readonly #rows: number;
  /** The choices of the time before, by layer. */
  readonly #before: Map<number, readonly Int32Array[]> = new Map();

  /** `examples`: to look at where no probe is given. @throws {RangeError} if the probe does not fit the network. */
  constructor(passes: Passes, examples: Inputs | undefined, options: DiagnosticsOptions) {
    const { rows = 256 } = options;
    const probe = options.probe === undefined ? examples : passes.accept(options.probe);
    if (!probe)
      throw new RangeError(
        'Diagnostics of a stream of examples need rows to look at: `diagnostics: { probe }`.',
      );
    if (!(Number.isInteger(rows) && rows >= 1)) {
      throw new RangeError(`Diagnostics look at 1 or more rows; got ${shown(rows)}.`);
    }
    this.#passes = passes;
    this.#inputs = probe;
    this.#rows = Math.min(rows, probe.rows);
  }

  /** Of each layer that selects, the first first. Training is not changed. */
  look(): LayerDiagnostics[] {
    const passes = this.#passes;
    const selecting = [...passes.layers.keys()].filter((l) => passes.layers[l]!.selector);
    if (selecting.length === 0) return [];
    return passes.counts.paused(() => {
      const sums = new Map(selecting.map((l) => [l, zeroSums(passes.layers[l]!.output.width)]));
      const permutation = Int32Array.from({ length: this.#rows }, (_, row) => row);
      for (let row = 0; row < this.#rows; row += passes.fullBatch) {
        const batch = Math.min(passes.fullBatch, this.#rows - row);
        passes.buffers.loadInputs(this.#inputs, permutation, row, batch);
        passes.forward(batch);
        for (const [l, layer] of sums) this.#add(layer, l, batch);
      }
      return [...sums].map(([l, layer]) => this.#summary(l, layer));
    });
  }

  /** Adds a batch's choices of layer `l`, which the sparse pass has just made. */
  #add(sums: Sums, l: number, batch: number): void {
    const { layers, spec, team } = this.#passes;
    const layer = layers[l]!;
    const output = layer.output as SparseActivations;
    const full = this.#passes.full(l);
    layer.forwardAll(this.#passes.inputOf(l), full, batch);
    const k = layer.selector!.maxActive;
    const { activation } = spec.layers[l]!;
    const top = bestUnits(team, full, batch, k, activation);
    const stop = output.offsets[batch]!;
    for (let i = 0; i < stop; i++) if (output.values[i] !== 0) sums.alive[output.ids[i]!] = 1;
    for (let s = 0; s < batch; s++) {
      const chosen = output.ids.slice(output.offsets[s], output.offsets[s + 1]).toSorted();
      const values = full.values.subarray(s * full.stride, s * full.stride + full.width);
      const mass = massOf(activation, values);
      const best = top[s]!;
      sums.sets.push(chosen);
      sums.active += chosen.length;
      sums.overlap += common(chosen, best);
      sums.top += best.length;
      for (const u of chosen) {
        sums.usage[u]!++;
        sums.mass += mass(u);
      }
      for (const u of best) sums.topMass += mass(u);
    }
  }

  #summary(l: number, sums: Sums): LayerDiagnostics {
    const selector = this.#passes.layers[l]!.selector!;
    const { sets, usage, alive } = sums;
    const before = this.#before.get(l);
    this.#before.set(l, sets);
    const codesChanged = selector.codesChanged?.();
    const pairs = sets.flatMap((set, s) =>
      sets.slice(s + 1, s + 1 + NEIGHBOURS).map((other) => jaccard(set, other)),
    );
    return {
      layer: l,
      activeShare: sums.active / (sets.length * usage.length),
      overlap: share(sums.overlap, sums.top),
      activationMass: share(sums.mass, sums.topMass),
      jaccardAcrossInputs: pairs.length === 0 ? 1 : mean(pairs),
      ...(before && { jaccardAcrossEpochs: mean(sets.map((set, s) => jaccard(set, before[s]!))) }),
      deadShare: alive.filter((one) => one === 0).length / alive.length,
      usageGini: gini(usage),
      paddedShare: share(selector.padding?.padded ?? 0, selector.padding?.chosen ?? 0),
      ...(codesChanged !== undefined && { codesChanged }),
    };
  }
}

function zeroSums(units: number): Sums {
  const ofUnits = { usage: new Int32Array(units), alive: new Uint8Array(units) };
  return { sets: [], ...ofUnits, active: 0, overlap: 0, top: 0, mass: 0, topMass: 0 };
}

/** What a unit's activation weighs, in one sample. */
function massOf(activation: string, values: DenseActivations['values']): (unit: number) => number {
  if (activation !== 'softmax') return (unit) => Math.abs(values[unit]!);
  const highest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return (unit) => Math.exp(values[unit]! - highest);
}

/** 1 for two empty sets, which are alike. */
function jaccard(a: Int32Array, b: Int32Array): number {
  const both = common(a, b);
  const either = a.length + b.length - both;
  return either === 0 ? 1 : both / either;
}

/** Gini coefficient of numbers of 0 or more. */
function gini(numbers: Int32Array): number {
  const n = numbers.length;
  const ascending = numbers.toSorted();
  const total = ascending.reduce((sum, x) => sum + x, 0);
  if (total === 0) return 0;
  const weighted = ascending.reduce((sum, x, i) => sum + (2 * (i + 1) - n - 1) * x, 0);
  return weighted / (n * total);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}
