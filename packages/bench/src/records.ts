/** What one training run of a study leaves behind, and the check of a record that is read back from a file. */
import { PARTS } from '@hashgrad/sparse-nn';
import type { Part } from '@hashgrad/sparse-nn';

/** The state of a run after one epoch; accuracies are shares of the test set, in [0, 1]. */
export interface EpochRecord {
  /** 1 for the first. */
  readonly epoch: number;
  /** Mean training loss of the epoch, in nats per sample. */
  readonly loss: number;
  /** Test accuracy when only the chosen neurons are computed. */
  readonly sparse: number;
  /** Test accuracy when all neurons are computed. */
  readonly full: number;
  /** Training time of the epoch, evaluation excluded. */
  readonly seconds: number;
}

/**
 * One run of a study: one arm at one fraction with one seed. A line of the records file is one of these as JSON.
 * Everything but the fields called `seconds` and `partSeconds` is the same, bit for bit, whenever the run is repeated.
 */
export interface RunRecord {
  readonly study: 'selectors';
  readonly dataset: string;
  readonly arm: string;
  /** Share of hidden units that the arm may compute, in (0, 1]; 1 for the dense arm. */
  readonly fraction: number;
  readonly seed: number;
  /** Layer widths from input to output as the study asks for them, e.g. `[784, 1000, 1000, 10]`. */
  readonly units: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly threads: number;
  /** The network's spec, as JSON: enough to build it again. */
  readonly spec: unknown;
  /** Test accuracy after the last epoch. */
  readonly accuracy: { readonly sparse: number; readonly full: number };
  readonly history: readonly EpochRecord[];
  /** Multiply-adds per training sample, by part. */
  readonly multiplyAdds: Readonly<Record<Part, number>>;
  /** Multiply-adds per training sample of the dense network of the same `units`: forward, backward and optimizer. */
  readonly denseMultiplyAdds: number;
  /** Mean share of the study's hidden units that were computed for a training sample, in [0, 1]. */
  readonly activeShare: number;
  /** Training time of all epochs, evaluation excluded. */
  readonly seconds: number;
  /** Training time of all epochs, by part. */
  readonly partSeconds: Readonly<Record<Part, number>>;
}

/**
 * Checks that `value` is a {@link RunRecord}.
 *
 * @param value what `JSON.parse` gave.
 * @param where the file and line, for the message, e.g. `results/records.jsonl, line 3`.
 * @throws Error that names `where`, the field, what it should be and what it is.
 */
export function checkRecord(value: unknown, where: string): RunRecord {
  const record = checkObject(value, 'the record', where);
  if (record['study'] !== 'selectors') refuse(where, '"study"', 'the text "selectors"', record['study']);
  for (const key of ['dataset', 'arm']) {
    if (typeof record[key] !== 'string') refuse(where, `"${key}"`, 'a text', record[key]);
  }
  for (const key of [
    'fraction',
    'seed',
    'epochs',
    'batchSize',
    'threads',
    'denseMultiplyAdds',
    'activeShare',
    'seconds',
  ]) {
    checkNumber(record[key], key, where);
  }
  for (const [index, width] of checkList(record['units'], 'units', where).entries()) {
    checkNumber(width, `units[${index}]`, where);
  }
  const accuracy = checkObject(record['accuracy'], '"accuracy"', where);
  for (const key of ['sparse', 'full']) checkNumber(accuracy[key], `accuracy.${key}`, where);
  for (const [index, item] of checkList(record['history'], 'history', where).entries()) {
    const epoch = checkObject(item, `"history[${index}]"`, where);
    for (const key of ['epoch', 'loss', 'sparse', 'full', 'seconds']) {
      checkNumber(epoch[key], `history[${index}].${key}`, where);
    }
  }
  for (const key of ['multiplyAdds', 'partSeconds']) {
    const byPart = checkObject(record[key], `"${key}"`, where);
    for (const part of PARTS) checkNumber(byPart[part], `${key}.${part}`, where);
  }
  return value as RunRecord;
}

export function checkObject(value: unknown, name: string, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(where, name, 'an object', value);
  }
  return value as Record<string, unknown>;
}

export function checkList(value: unknown, key: string, where: string): readonly unknown[] {
  if (!Array.isArray(value)) refuse(where, `"${key}"`, 'a list', value);
  return value as readonly unknown[];
}

export function checkNumber(value: unknown, key: string, where: string): void {
  if (typeof value !== 'number') refuse(where, `"${key}"`, 'a number', value);
}

export function refuse(where: string, name: string, expected: string, value: unknown): never {
  const came = value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value);
  throw new Error(
    `${where}: ${name} should be ${expected}, but is ${came.length > 60 ? `${came.slice(0, 60)}...` : came}.`,
  );
}
