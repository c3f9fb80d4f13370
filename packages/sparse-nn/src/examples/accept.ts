/**
 * Examples as users give them, in the arrays that the trainer reads: other typed arrays are taken where nothing is lost, and
 * what cannot be meant is refused by its name.
 */
import { isList, shown } from '../spec/options.ts';
import type { Examples, Inputs, LabelSets } from './examples.ts';

const TO_EXAMPLES = '`toExamples` makes examples of it';

/**
 * Inputs whose arrays are typed, of numbers; the numbers themselves are not looked at, but for offsets and ids.
 * @throws {TypeError} naming the array. @throws {RangeError} for an offset or id that is no whole number.
 */
export function acceptInputs<I extends Inputs>(given: I): I {
  const { rows, columns, inputs, offsets, ids, values } = recordOf(given);
  if (typeof rows !== 'number' || typeof columns !== 'number') {
    throw new TypeError(
      `Examples have numbers of rows and columns; got ${shown(rows)} and ${shown(columns)}.`,
    );
  }
  if (offsets === undefined) {
    if (inputs === undefined) {
      throw new TypeError(
        'Examples have `inputs`, or for sparse rows `offsets`, `ids` and `values`; got none.',
      );
    }
    checkNumbers('inputs', inputs);
    return given;
  }
  checkNumbers('values', values);
  const [own, features] = [toInt32('offsets', offsets), toInt32('ids', ids)];
  return own === offsets && features === ids ? given : { ...given, offsets: own, ids: features };
}

/**
 * Labels as Int32Array, weights as Float32Array and targets as typed arrays; what is undefined is left out.
 * @throws {TypeError} naming the array. @throws {RangeError} for a label that is no whole number, or a weight that is none, naming
 * its row.
 */
export function acceptAnswers(given: Examples): Examples {
  const { labels, labelOffsets, targets, sampleWeights, ...rest } = recordOf(given);
  if (labels === undefined && targets === undefined) {
    throw new TypeError(
      'The examples have nothing to learn: give `labels`, one a row; or `labelOffsets` and `labels`, any number a row; or, for ' +
        'a linear output, `targets`.',
    );
  }
  const answers: Record<string, unknown> = { labels, labelOffsets, targets, sampleWeights };
  const accepted: Record<string, unknown> = {
    ...(targets === undefined
      ? acceptLabels(labels, labelOffsets)
      : { labels, labelOffsets, targets: toNumbers('targets', targets) }),
    sampleWeights: sampleWeights === undefined ? undefined : toWeights(sampleWeights),
  };
  const names = Object.keys(answers).filter((name) => name in given);
  if (names.every((name) => accepted[name] !== undefined && accepted[name] === answers[name])) return given;
  const kept = names.filter((name) => accepted[name] !== undefined);
  return {
    ...rest,
    ...Object.fromEntries(kept.map((name) => [name, accepted[name]])),
  } as unknown as Examples;
}

function acceptLabels(labels: unknown, labelOffsets: unknown): Partial<LabelSets> {
  const offsets = labelOffsets === undefined ? undefined : toInt32('labelOffsets', labelOffsets);
  const rowOf = (i: number): number => offsets?.findLastIndex((offset) => offset <= i) ?? i;
  const ids = toInt32('labels', labels, (i, value) => `The label of row ${rowOf(i)} is ${value}; labels are`);
  return { labels: ids, ...(offsets && { labelOffsets: offsets }) };
}

/**
 * Classes 0 and 1 of a single output as sets of labels: 1 says that it applies, as everywhere where there are two classes;
 * the label of a set is the number of an output, of which there is only 0.
 * @throws {RangeError} for another class, naming the row.
 */
export function asOneOutput(given: Examples): Examples {
  if (!('labels' in given) || 'labelOffsets' in given) return given;
  const { labels, ...inputs } = given;
  const labelOffsets = new Int32Array(labels.length + 1);
  for (const [row, label] of labels.entries()) {
    if (label !== 0 && label !== 1) {
      throw new RangeError(
        `The label of row ${row} is ${label}; a single sigmoid output has the labels 0 for no and 1 for yes.`,
      );
    }
    labelOffsets[row + 1] = labelOffsets[row]! + label;
  }
  return { ...inputs, labelOffsets, labels: new Int32Array(labelOffsets.at(-1)!) };
}

function recordOf(given: unknown): Record<string, unknown> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given) && !ArrayBuffer.isView(given)) {
    return given as Record<string, unknown>;
  }
  throw new TypeError(
    `Examples are an object of typed arrays, { rows, columns, inputs, ... }; got ${shown(given)}: ${TO_EXAMPLES}.`,
  );
}

/** @throws {TypeError} unless it is a typed array of numbers. */
function checkNumbers(name: string, value: unknown): void {
  if (ArrayBuffer.isView(value) && 'subarray' in value && !isBig(value)) return;
  throw new TypeError(`${name} is a Float32Array, row after row; got ${shown(value)}: ${TO_EXAMPLES}.`);
}

/** A flat array of numbers as a typed one. */
function toNumbers(name: string, value: unknown): Float32Array {
  if (Array.isArray(value) && value.every((each) => typeof each === 'number'))
    return Float32Array.from(value as number[]);
  checkNumbers(name, value);
  return value as Float32Array;
}

/** `what` begins the sentence that refuses the i-th. */
function toInt32(
  name: string,
  value: unknown,
  what: (i: number, value: string) => string = (i, got) => `${name}[${i}] is ${got}; ${name} are`,
): Int32Array {
  if (value instanceof Int32Array) return value;
  if (!isList(value)) {
    throw new TypeError(`${name} is an Int32Array; got ${shown(value)}: ${TO_EXAMPLES}.`);
  }
  const made = new Int32Array(value.length);
  for (let i = 0; i < value.length; i++) {
    const number = numberOf(value[i]);
    made[i] = number;
    if (made[i] === number) continue;
    const kind = shown(value[i]);
    throw new RangeError(`${what(i, kind)} whole numbers${kind.startsWith("'") ? `: ${TO_EXAMPLES}` : ''}.`);
  }
  return made;
}

/** Weights in 32 bits, of whatever labels may be in. */
function toWeights(value: unknown): Float32Array {
  if (value instanceof Float32Array) return value;
  if (!isList(value)) throw new TypeError(`sampleWeights is a Float32Array; got ${shown(value)}.`);
  const made = new Float32Array(value.length);
  for (let row = 0; row < value.length; row++) {
    made[row] = numberOf(value[row]);
    if (!Number.isNaN(made[row])) continue;
    throw new RangeError(
      `The weight of row ${row} is ${shown(value[row])}; sampleWeights are finite numbers of 0 or more.`,
    );
  }
  return made;
}

/** NaN for what is no number. 64-bit integers, booleans and numbers as text are taken for what they say. */
function numberOf(value: unknown): number {
  if (typeof value === 'string') return value.trim() === '' ? NaN : Number(value);
  return ['number', 'bigint', 'boolean'].includes(typeof value) ? Number(value) : NaN;
}

function isBig(value: ArrayBufferView): boolean {
  return value instanceof BigInt64Array || value instanceof BigUint64Array;
}
