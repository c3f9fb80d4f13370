/** Reading a selector's state, as a checkpoint has it. */
import { resumeStream, type RandomStream } from '@hashgrad/kernels';
import type { SelectorState, StateArray } from './selector.ts';

/** A finite number. @throws {RangeError} if there is none of that name. */
export function numberOf(state: SelectorState, name: string): number {
  const value = state.values?.[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RangeError(`its state has no number '${name}'; got ${JSON.stringify(value)}.`);
}

/** A number of something. @throws {RangeError} if there is none of that name. */
export function countOf(state: SelectorState, name: string): number {
  const value = numberOf(state, name);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`its state's '${name}' is a number of 0 or more; got ${value}.`);
}

/** A stream of random numbers, where it was. @throws {RangeError} if there is none of that name. */
export function streamOf(state: SelectorState, name: string): RandomStream {
  const value = state.values?.[name];
  if (Array.isArray(value) && value.length >= 4 && value.every((word) => Number.isFinite(word))) {
    return resumeStream(value as number[]);
  }
  throw new RangeError(`its state has no random stream '${name}'; got ${JSON.stringify(value)}.`);
}

/** An array. @throws {RangeError} if there is none of that name, type and length. */
export function arrayOf<A extends StateArray>(
  state: SelectorState,
  name: string,
  type: (new (length: number) => A) & { readonly name: string },
  length: number,
): A {
  const array = state.arrays?.[name];
  if (array instanceof type && array.length === length) return array;
  const got = array ? `${array.constructor.name} of ${array.length}` : 'none';
  throw new RangeError(`its state has no '${name}', a ${type.name} of ${length}; got ${got}.`);
}

/** A list of different ids below `below`. @throws {RangeError} if there is none of that name. */
export function idsOf(state: SelectorState, name: string, below: number): Int32Array {
  const ids = state.arrays?.[name];
  if (!(ids instanceof Int32Array)) throw new RangeError(`its state has no '${name}', an Int32Array.`);
  const wrong = ids.find((id) => !(id >= 0 && id < below));
  if (wrong !== undefined || new Set(ids).size < ids.length) {
    throw new RangeError(
      `its state's '${name}' are different ids below ${below}; got ${wrong ?? 'one twice'}.`,
    );
  }
  return ids;
}
