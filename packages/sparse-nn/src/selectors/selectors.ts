/** Which selectors there are, by kind: ours, and those that a user adds. */
import { checkedDefinition } from './checked-selector.ts';
import { adaptiveDropoutSelector } from './hidden/adaptive-dropout.ts';
import { clustersSelector } from './hashed/clusters.ts';
import { frequencySelector } from './sampled/frequency.ts';
import { inBatchSelector } from './sampled/in-batch.ts';
import { kernelSamplingSelector } from './sampled/kernel-sampling.ts';
import { logUniformSelector } from './sampled/log-uniform.ts';
import { lowRankSelector } from './hidden/low-rank.ts';
import { lshSelector } from './hashed/lsh.ts';
import { mostActiveSelector } from './hidden/most-active.ts';
import { noisyTopKSelector } from './hidden/noisy-top-k.ts';
import { persistentSelector } from './hashed/persistent.ts';
import { blocksSelector } from './routed/blocks.ts';
import { productKeysSelector } from './routed/product-keys.ts';
import { retrieveSelector } from './sampled/retrieve.ts';
import { fixedSelector, randomSelector } from './hidden/random.ts';
import { signaturesSelector } from './hashed/signatures.ts';
import { topKSelector } from './hidden/top-k.ts';
import type { SelectorCapabilities, SelectorDefinition, SelectorSpec } from './selector.ts';
import { checkOptions } from '../spec/options.ts';

/** All units, as plain JSON, see `all`. */
export interface AllSpec extends SelectorSpec {
  readonly kind: 'all';
}

/** Every unit fires: a dense layer. */
export function all(): AllSpec {
  return { kind: 'all' };
}

const definitions: Map<string, SelectorDefinition> = new Map(
  [
    topKSelector,
    lshSelector,
    signaturesSelector,
    clustersSelector,
    lowRankSelector,
    adaptiveDropoutSelector,
    randomSelector,
    fixedSelector,
    mostActiveSelector,
    noisyTopKSelector,
    persistentSelector,
    blocksSelector,
    productKeysSelector,
    logUniformSelector,
    frequencySelector,
    inBatchSelector,
    kernelSamplingSelector,
    retrieveSelector(selectorOf),
  ].map((selector) => [selector.kind, selector]),
);

/** What users registered, by the checked form that stands in `definitions`. */
const registered = new WeakMap<SelectorDefinition, SelectorDefinition>();

/**
 * Makes a selector known by its kind. What it chooses is checked at every batch.
 * @throws {Error} if there is another of that kind.
 */
export function registerSelector(definition: SelectorDefinition): void {
  const known = definitions.get(definition.kind);
  if (known && registered.get(known) === definition) return;
  if (definition.kind === 'all' || known) {
    throw new Error(`There is a selector '${definition.kind}' already.`);
  }
  const checked = checkedDefinition(definition);
  registered.set(checked, definition);
  definitions.set(definition.kind, checked);
}

/**
 * The selector of a spec, checked for a layer; none where all units fire.
 * @throws {TypeError} for a parameter whose name is not known. @throws {RangeError} for one that makes no sense.
 */
export function selectorOf(spec: SelectorSpec, units: number): SelectorDefinition | undefined {
  if (spec.kind === 'all') {
    checkOptions('all', spec, { kind: true });
    return undefined;
  }
  const definition = definitions.get(spec.kind);
  if (!definition) {
    throw new RangeError(
      `There is no selector '${spec.kind}'; known are all, ${[...definitions.keys()].join(', ')}.`,
    );
  }
  if (definition.options) checkOptions(spec.kind, spec, definition.options);
  definition.check(spec, units);
  return definition;
}

/** What the selector of a spec can do; nothing where all units fire. @throws {RangeError} if the spec does not fit a layer. */
export function capabilitiesOf(spec: SelectorSpec, units: number): SelectorCapabilities {
  return selectorOf(spec, units)?.capabilities?.(spec, units) ?? {};
}
