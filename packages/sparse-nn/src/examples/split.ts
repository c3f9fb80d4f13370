/** Parts of examples. */
import { randomStream } from '@hashgrad/kernels';
import { acceptAnswers, acceptInputs } from './accept.ts';
import { checkOptions, shown } from '../spec/options.ts';
import { checkInputs, checkLabels, hasLabelSets, hasTargets, isSparse, type Examples } from './examples.ts';
import { checkSampleWeights } from './sample-weights.ts';

/**
 * Examples without some rows, and these rows, which are drawn at random; both in the order that they had.
 * @param share of the rows that are held back, above 0 and below 1, rounded to whole rows, at least one.
 * @param options `seed`: what is drawn follows from it. Default 1.
 * @throws {RangeError} for another share, or if no row would be left. @throws {TypeError} for what are no examples.
 */
export function splitExamples<E extends Examples>(
  given: E,
  share: number,
  options: { readonly seed?: number } = {},
): readonly [rest: E, held: E] {
  checkOptions('splitExamples', options, { seed: true });
  const examples = accepted(given);
  const { rows } = examples;
  if (!(Number.isFinite(share) && share > 0 && share < 1)) {
    throw new RangeError(`The share of rows that is held back is above 0 and below 1; got ${shown(share)}.`);
  }
  const count = Math.max(1, Math.round(share * rows));
  if (!(count < rows)) {
    throw new RangeError(`Of ${rows} rows ${count} would be held back, which leaves none.`);
  }
  const stream = randomStream(options.seed ?? 1, 'validation split');
  const isHeld = new Uint8Array(rows);
  // Each set of rows is as likely as any other (Knuth, algorithm S).
  for (let row = 0, left = count; left > 0; row++) {
    if (stream.integer(rows - row) >= left) continue;
    isHeld[row] = 1;
    left--;
  }
  const listed = (held: number): Int32Array =>
    Int32Array.from({ length: rows }, (_, row) => row).filter((row) => isHeld[row] === held);
  return [pick(examples, listed(0)), pick(examples, listed(1))];
}

/** @throws {RangeError} @throws {TypeError} unless they have as much of everything as rows. */
function accepted<E extends Examples>(given: E): E {
  const examples = acceptAnswers(acceptInputs(given)) as E;
  const { rows, columns } = examples;
  checkInputs(examples, columns);
  checkSampleWeights(examples);
  const answers: Examples = examples;
  if (hasTargets(answers)) {
    if (Number.isInteger(answers.targets.length / rows)) return examples;
    throw new RangeError(`${rows} rows have as many targets each; got ${answers.targets.length}.`);
  }
  checkLabels(answers, rows, Infinity, false);
  return examples;
}

/** A copy of some rows. */
function pick<E extends Examples>(examples: E, rows: Int32Array): E {
  const { sampleWeights } = examples;
  return {
    ...examples,
    rows: rows.length,
    ...inputsOf(examples, rows),
    ...answersOf(examples, rows),
    ...(sampleWeights && { sampleWeights: pickEqual(sampleWeights, 1, rows) }),
  };
}

function inputsOf(examples: Examples, rows: Int32Array): object {
  if (!isSparse(examples)) return { inputs: pickEqual(examples.inputs, examples.columns, rows) };
  const { offsets, ids, values } = examples;
  return {
    offsets: startsOf(offsets, rows),
    ids: pickLists(ids, offsets, rows),
    values: pickLists(values, offsets, rows),
  };
}

function answersOf(examples: Examples, rows: Int32Array): object {
  if (hasTargets(examples)) {
    const outputs = examples.targets.length / examples.rows;
    return { targets: pickEqual(examples.targets, outputs, rows) };
  }
  if (!hasLabelSets(examples)) return { labels: pickEqual(examples.labels, 1, rows) };
  const { labelOffsets, labels } = examples;
  return { labelOffsets: startsOf(labelOffsets, rows), labels: pickLists(labels, labelOffsets, rows) };
}

/** Rows of `width` elements. */
function pickEqual<A extends Float32Array | Int32Array>(values: A, width: number, rows: Int32Array): A {
  const made = new (values.constructor as new (length: number) => A)(rows.length * width);
  for (const [to, row] of rows.entries()) {
    made.set(values.subarray(row * width, (row + 1) * width), to * width);
  }
  return made;
}

/** Rows of any length. */
function pickLists<A extends Float32Array | Int32Array>(values: A, offsets: Int32Array, rows: Int32Array): A {
  const starts = startsOf(offsets, rows);
  const made = new (values.constructor as new (length: number) => A)(starts.at(-1)!);
  for (const [to, row] of rows.entries()) {
    made.set(values.subarray(offsets[row], offsets[row + 1]), starts[to]);
  }
  return made;
}

function startsOf(offsets: Int32Array, rows: Int32Array): Int32Array {
  const starts = new Int32Array(rows.length + 1);
  for (const [to, row] of rows.entries()) starts[to + 1] = starts[to]! + offsets[row + 1]! - offsets[row]!;
  return starts;
}
