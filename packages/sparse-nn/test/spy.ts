/** A selector that asks another and notes what it answered: also a test that one can be added from outside. */
import {
  registerSelector,
  type Selection,
  type Selector,
  type SelectorDefinition,
  type SelectorSpec,
  type Activations,
  type SparseActivations,
} from '../src/index.ts';
import { selectorOf } from '../src/selectors/selectors.ts';

/** One batch that a layer chose units for. */
export interface Choice {
  readonly training: boolean;
  /** The layer's inputs, made dense. */
  readonly inputs: readonly Float32Array[];
  /** Each sample's active units, in the order in which they came. */
  readonly active: readonly (readonly number[])[];
  /** What is added to their logits; nothing where undefined. */
  readonly corrections: readonly (readonly number[])[] | undefined;
  /** What their activations are multiplied by; nothing where undefined. */
  readonly gates: readonly (readonly number[])[] | undefined;
  /** Their activations; only after a training step. */
  values?: readonly (readonly number[])[];
}

interface SpySpec extends SelectorSpec {
  readonly inner: SelectorSpec;
  readonly spy: Spy;
}

export class Spy {
  readonly choices: Choice[] = [];
  selector: Selector | undefined;
  output: SparseActivations | undefined;
  readonly lookups: Selector['lookups'];

  /** @param lookups What it says of the buckets it looked into; nothing by default. */
  constructor(lookups?: Selector['lookups']) {
    this.lookups = lookups;
  }

  /** The selector `inner`, watched. */
  on(inner: SelectorSpec): SelectorSpec {
    const spec: SpySpec = { kind: 'spy', inner, spy: this };
    return spec;
  }

  /** The last batch's choice. */
  get last(): Choice {
    const choice = this.choices.at(-1);
    if (!choice) throw new Error('Nothing was chosen yet.');
    return choice;
  }

  /** The activations of the last batch's active units, as they are now. */
  get values(): number[][] {
    return this.output ? lists(this.output, this.output.values, this.last.active.length) : [];
  }
}

function lists(
  { offsets }: SparseActivations,
  array: ArrayLike<number> & Iterable<number>,
  batch: number,
): number[][] {
  const all = Array.from(array);
  return Array.from({ length: batch }, (_, s) => all.slice(offsets[s], offsets[s + 1]));
}

function denseRows(input: Activations, batch: number): Float32Array[] {
  return Array.from({ length: batch }, (_, s) => {
    if (input.kind === 'dense') return input.values.slice(s * input.stride, s * input.stride + input.width);
    const row = new Float32Array(input.width);
    for (let q = input.offsets[s]; q < input.offsets[s + 1]; q++) row[input.ids[q]] = input.values[q];
    return row;
  });
}

function watched(spec: SelectorSpec, units: number): SelectorDefinition {
  const definition = selectorOf((spec as SpySpec).inner, units);
  if (!definition) throw new RangeError('Where all units fire there is nothing to watch.');
  return definition;
}

registerSelector({
  kind: 'spy',
  check: (spec, units) => void watched(spec, units),
  capabilities(spec, units) {
    const { inner } = spec as SpySpec;
    return watched(spec, units).capabilities?.(inner, units) ?? {};
  },
  bind(spec, context) {
    const { spy, inner: innerSpec } = spec as SpySpec;
    const selector = watched(spec, context.units).bind(innerSpec, context);
    spy.selector = selector;
    return {
      maxActive: selector.maxActive,
      keepProbability: selector.keepProbability,
      get padding() {
        return selector.padding;
      },
      select(selection: Selection, output: SparseActivations): void {
        selector.select(selection, output);
        const { batch, training, input } = selection;
        spy.output = output;
        spy.choices.push({
          training,
          inputs: denseRows(input, batch),
          active: lists(output, output.ids, batch),
          corrections: output.corrections && lists(output, output.corrections, batch),
          gates: output.gates && lists(output, output.gates, batch),
        });
      },
      get parameters() {
        return selector.parameters;
      },
      ...(selector.backward && { backward: (gates) => selector.backward!(gates) }),
      updated(rows): void {
        spy.last.values = spy.values;
        selector.updated(rows);
      },
      ...(selector.addGradients && {
        addGradients: (output: SparseActivations, batch: number) => selector.addGradients!(output, batch),
      }),
      ...(spy.lookups && { lookups: (sample) => spy.lookups!(sample) }),
      [Symbol.dispose]: () => selector[Symbol.dispose](),
    };
  },
});
