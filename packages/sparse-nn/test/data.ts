/** Small made-up examples. */
import { randomStream } from '@hashgrad/kernels';
import type {
  DenseExamples,
  DenseInputs,
  LabelSets,
  SparseExamples,
  SparseInputs,
  Targets,
} from '../src/index.ts';

/** Classes are Gaussian clouds (deviation 1 a coordinate) around random points, which are `apart` times as far. */
export function blobs(options: {
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly apart?: number;
  readonly seed?: number;
}): DenseExamples {
  const { rows, columns, classes, apart = 1, seed = 1 } = options;
  const centre = randomStream(seed, 'blob centres');
  const centres = Float32Array.from({ length: classes * columns }, () => apart * centre.normal());
  const random = randomStream(seed, 'blob rows');
  const labels = Int32Array.from({ length: rows }, () => random.integer(classes));
  const inputs = Float32Array.from(
    { length: rows * columns },
    (_, i) => centres[labels[Math.floor(i / columns)] * columns + (i % columns)] + random.normal(),
  );
  return { rows, columns, inputs, labels };
}

/** The first `count` rows, and those after them. */
export function halves(examples: DenseExamples, count: number): [DenseExamples, DenseExamples] {
  const { rows, columns, inputs, labels } = examples;
  const part = (from: number, to: number): DenseExamples => ({
    rows: to - from,
    columns,
    inputs: inputs.slice(from * columns, to * columns),
    labels: labels.slice(from, to),
  });
  return [part(0, count), part(count, rows)];
}

/** The same row, `rows` times. */
export function copies(inputs: Float32Array, label: number, rows: number): DenseExamples {
  const columns = inputs.length;
  const all = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) all.set(inputs, row * columns);
  return { rows, columns, inputs: all, labels: new Int32Array(rows).fill(label) };
}

/**
 * Sparse rows: each has 1 to `mostLabels` labels, the three features that belong to each of them, and two at random.
 * Values are from 0.5 to 1.5.
 */
export function bags(options: {
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly mostLabels?: number;
  readonly seed?: number;
}): SparseExamples {
  const { rows, columns, classes, mostLabels = 1, seed = 1 } = options;
  const random = randomStream(seed, 'bags');
  const offsets = [0];
  const labelOffsets = [0];
  const ids: number[] = [];
  const labels: number[] = [];
  for (let row = 0; row < rows; row++) {
    const count = 1 + random.integer(mostLabels);
    const rowLabels = new Set(Array.from({ length: count }, () => random.integer(classes)));
    const features = new Set([random.integer(columns), random.integer(columns)]);
    for (const label of rowLabels) for (let j = 0; j < 3; j++) features.add((label * 7 + j * 5) % columns);
    ids.push(...[...features].toSorted((a, b) => a - b));
    labels.push(...rowLabels);
    offsets.push(ids.length);
    labelOffsets.push(labels.length);
  }
  return {
    rows,
    columns,
    offsets: Int32Array.from(offsets),
    ids: Int32Array.from(ids),
    values: Float32Array.from(ids, () => 0.5 + random.uniform()),
    labelOffsets: Int32Array.from(labelOffsets),
    labels: Int32Array.from(labels),
  };
}

/** The same inputs with so many targets each: standard normal. */
export function withTargets(
  inputs: DenseInputs | SparseInputs,
  outputs: number,
  seed: number = 1,
): (DenseInputs | SparseInputs) & Targets {
  const random = randomStream(seed, 'targets');
  const targets = Float32Array.from({ length: inputs.rows * outputs }, () => random.normal());
  return { ...inputsOnly(inputs), targets };
}

/** The same inputs with 0 to `most` labels each. */
export function withLabelSets(
  inputs: DenseInputs | SparseInputs,
  classes: number,
  most: number,
  seed: number = 1,
): (DenseInputs | SparseInputs) & LabelSets {
  const random = randomStream(seed, 'label sets');
  const labels: number[] = [];
  const labelOffsets = [0];
  for (let row = 0; row < inputs.rows; row++) {
    const own = new Set(Array.from({ length: random.integer(most + 1) }, () => random.integer(classes)));
    labels.push(...own);
    labelOffsets.push(labels.length);
  }
  return {
    ...inputsOnly(inputs),
    labelOffsets: Int32Array.from(labelOffsets),
    labels: Int32Array.from(labels),
  };
}

function inputsOnly(examples: DenseInputs | SparseInputs): DenseInputs | SparseInputs {
  const { rows, columns } = examples;
  if ('inputs' in examples) return { rows, columns, inputs: examples.inputs };
  const { offsets, ids, values } = examples;
  return { rows, columns, offsets, ids, values };
}
