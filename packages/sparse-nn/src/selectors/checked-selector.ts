/** A user's selector with its answers checked: kernels believe them, and would write outside of their arrays. */
import { familyOf } from '@hashgrad/lsh';
import { transformOf } from '@hashgrad/mips';
import type {
  InferenceTables,
  Padding,
  Selection,
  Selector,
  SelectorCapabilities,
  SelectorDefinition,
} from './selector.ts';
import type { SparseActivations } from '../layers/activations.ts';

export function checkedDefinition(definition: SelectorDefinition): SelectorDefinition {
  const { kind } = definition;
  return {
    kind,
    ...(definition.options && { options: definition.options }),
    check: (spec, units) => definition.check(spec, units),
    capabilities(spec, units): SelectorCapabilities {
      const capabilities = definition.capabilities?.(spec, units) ?? {};
      const { tablesForInference } = capabilities;
      if (tablesForInference) checkTables(kind, tablesForInference, units);
      return capabilities;
    },
    bind(spec, context) {
      const selector = definition.bind(spec, context);
      const { units, name } = context;
      const { corrections, gates } = definition.capabilities?.(spec, units) ?? {};
      const { maxActive, keepProbability } = selector;
      const who = `The selector '${kind}' of ${name}`;
      if (!(Number.isInteger(maxActive) && maxActive >= 1 && maxActive <= units)) {
        throw new RangeError(
          `${who} has \`maxActive\` ${maxActive}; it is an integer from 1 to the layer's ${units} units.`,
        );
      }
      if (!(keepProbability > 0 && keepProbability <= 1)) {
        throw new RangeError(
          `${who} has \`keepProbability\` ${keepProbability}; it is above 0 and at most 1.`,
        );
      }
      if ((gates === undefined) !== (selector.backward === undefined)) {
        throw new RangeError(
          gates === undefined
            ? `${who} has \`backward\`, but its \`capabilities\` name no \`gates\`.`
            : `${who} has no \`backward\`, by which its \`gates\` would be trained.`,
        );
      }
      const marks = new Int32Array(units);
      return {
        maxActive,
        keepProbability,
        get padding(): Padding | undefined {
          return selector.padding;
        },
        select(selection, output): void {
          output.offsets[0] = 0;
          selector.select(selection, output);
          checkChoice(who, selector, marks, selection, output);
          checkBeside(who, 'corrections', corrections !== undefined, selection, output);
          checkBeside(who, 'gates', gates !== undefined, selection, output);
          if (gates !== undefined && !output.gates) throw new RangeError(`${who} gave no gates.`);
        },
        ...(selector.parameters && { parameters: selector.parameters }),
        ...(selector.backward && { backward: (gradients) => selector.backward!(gradients) }),
        updated: (rows) => selector.updated(rows),
        ...(selector.addGradients && {
          addGradients: (output, size) => selector.addGradients!(output, size),
        }),
        ...(selector.state && { state: () => selector.state!() }),
        ...(selector.restore && { restore: (state) => selector.restore!(state) }),
        ...(selector.rewritten && { rewritten: () => selector.rewritten!() }),
        ...(selector.codesChanged && { codesChanged: () => selector.codesChanged!() }),
        ...(selector.lookups && { lookups: (sample) => selector.lookups!(sample) }),
        [Symbol.dispose]: () => selector[Symbol.dispose](),
      };
    },
  };
}

/** @throws {RangeError} unless tables for a frozen layer of so many units can be made and asked. */
function checkTables(
  kind: string,
  { family, transform, rank, minCollisions, probes, limit }: InferenceTables,
  units: number,
): void {
  const who = `The selector '${kind}' has \`tablesForInference\` with`;
  transformOf(transform, familyOf(family));
  if (rank !== 'count' && rank !== 'union') {
    throw new RangeError(`${who} rank '${String(rank)}'; it is 'count' or 'union'.`);
  }
  if (!(Number.isInteger(minCollisions) && minCollisions >= 1 && minCollisions <= family.tables)) {
    throw new RangeError(
      `${who} minCollisions ${minCollisions}; it is an integer from 1 to its ${family.tables} tables.`,
    );
  }
  if (!(Number.isInteger(probes) && probes >= 1)) {
    throw new RangeError(`${who} probes ${probes}; it is an integer, 1 or more.`);
  }
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= units)) {
    throw new RangeError(`${who} limit ${limit}; it is an integer from 1 to the layer's ${units} units.`);
  }
}

/** @throws {RangeError} unless there are no such numbers, or they were announced and there is one for each chosen unit. */
function checkBeside(
  who: string,
  what: 'corrections' | 'gates',
  announced: boolean,
  { batch }: Selection,
  { offsets, [what]: given }: SparseActivations,
): void {
  if (!given) return;
  if (!announced) {
    throw new RangeError(`${who} gave ${what}, but its \`capabilities\` name no option for them.`);
  }
  const chosen = offsets[batch]!;
  if (given.length < chosen) {
    throw new RangeError(`${who} gave ${given.length} ${what} for ${chosen} chosen units.`);
  }
}

/**
 * @throws {RangeError} unless each sample has at most `maxActive` different ids in range, ascending if none are forced, and the forced
 * ones among them. `marks` has a place for each unit, and is 0 before and after.
 */
function checkChoice(
  who: string,
  { maxActive }: Selector,
  marks: Int32Array,
  { batch, forced }: Selection,
  { offsets, ids }: SparseActivations,
): void {
  const units = marks.length;
  for (let s = 0; s < batch; s++) {
    const first = offsets[s]!;
    const stop = offsets[s + 1]!;
    if (s === 0 && first !== 0) throw new RangeError(`${who} has offsets from ${first} on; they start at 0.`);
    if (!(stop >= first && stop - first <= maxActive)) {
      throw new RangeError(
        `${who} chose ${stop - first} units for sample ${s}; \`maxActive\` is ${maxActive}.`,
      );
    }
    const chosen = ids.subarray(first, stop);
    const wrong = chosen.find((id) => !(id >= 0 && id < units));
    if (wrong !== undefined) {
      throw new RangeError(`${who} chose unit ${wrong} for sample ${s}; units are 0 to ${units - 1}.`);
    }
    for (const id of chosen) marks[id]!++;
    const twice = chosen.find((id) => marks[id]! > 1);
    const missing = forced?.ids
      .subarray(forced.offsets[s], forced.offsets[s + 1])
      .find((id) => marks[id] === 0);
    for (const id of chosen) marks[id] = 0;
    if (twice !== undefined) {
      throw new RangeError(`${who} chose unit ${twice} for sample ${s} more than once.`);
    }
    const late = forced ? -1 : chosen.findIndex((id, i) => i > 0 && id < chosen[i - 1]!);
    if (late > 0) {
      throw new RangeError(
        `${who} chose unit ${chosen[late]} for sample ${s} after unit ${chosen[late - 1]}; units ascend.`,
      );
    }
    if (missing !== undefined) {
      throw new RangeError(`${who} left out unit ${missing} for sample ${s}, which is forced.`);
    }
  }
}
