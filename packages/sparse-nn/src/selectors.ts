/** Which selectors there are, by kind: ours, and those that a user adds. */
import { lshSelector } from './select-lsh.ts';
import { fixedSelector, randomSelector } from './select-random.ts';
import { topKSelector } from './select-top-k.ts';
import type { SelectorDefinition, SelectorSpec } from './selector.ts';

export interface AllSpec extends SelectorSpec {
  readonly kind: 'all';
}

/** Every unit fires: a dense layer. */
export function all(): AllSpec {
  return { kind: 'all' };
}

const definitions = new Map(
  [randomSelector, fixedSelector, topKSelector, lshSelector].map((selector) => [selector.kind, selector]),
);

/** Makes a selector known by its kind. @throws {Error} if there is another of that kind. */
export function registerSelector(definition: SelectorDefinition): void {
  const known = definitions.get(definition.kind);
  if (definition.kind === 'all' || (known && known !== definition)) {
    throw new Error(`There is a selector '${definition.kind}' already.`);
  }
  definitions.set(definition.kind, definition);
}

/** The selector of a spec, checked for a layer; none where all units fire. @throws {RangeError} */
export function selectorOf(spec: SelectorSpec, units: number): SelectorDefinition | undefined {
  if (spec.kind === 'all') return undefined;
  const definition = definitions.get(spec.kind);
  if (!definition) {
    throw new RangeError(
      `There is no selector '${spec.kind}'; known are all, ${[...definitions.keys()].join(', ')}.`,
    );
  }
  definition.check(spec, units);
  return definition;
}
