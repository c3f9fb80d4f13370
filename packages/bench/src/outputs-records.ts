/** What a run of the study of outputs leaves behind, and the check of a record that is read back from a file. */

/** How a network, or a guess, does on the test rows, over all classes. */
export interface Learned {
  /** Share of rows whose most probable class is one of their labels. */
  readonly precision1: number;
  /** Share of the 5 most probable classes that are labels, mean over the rows. */
  readonly precision5: number;
  /** Cross-entropy of the full softmax in nats, mean over the rows; a row's labels share the target evenly. */
  readonly loss: number;
}

/** The state of a run at a checkpoint. */
export interface OutputsMoment extends Learned {
  /** Rows trained on until then, and the seconds that it took, evaluations left out. */
  readonly rows: number;
  readonly seconds: number;
  /** Of training until then. */
  readonly multiplyAdds: number;
}

/** One arm with one seed: a line of the records file. Everything but `seconds` is the same whenever the run is repeated. */
export interface OutputsRecord {
  readonly study: 'outputs';
  readonly task: string;
  readonly arm: string;
  readonly seed: number;
  readonly rows: number;
  readonly testRows: number;
  readonly features: number;
  readonly classes: number;
  readonly hidden: number;
  readonly activation: string;
  readonly active: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly threads: number;
  readonly rate: number;
  /** The selector's spec; frequencies are left out, they are the training rows'. */
  readonly selector: unknown;
  /** What the classes' frequencies alone would do. */
  readonly frequent: Learned;
  /** Share of active classes that a selector filled up at random. */
  readonly paddedShare: number;
  readonly moments: readonly OutputsMoment[];
}

/** @throws {Error} that names `where`, the field, what it should be and what it is. */
export function checkOutputsRecord(value: unknown, where: string): OutputsRecord {
  const record = checkObject(value, 'the record', where);
  if (record['study'] !== 'outputs') refuse(where, '"study"', 'the text "outputs"', record['study']);
  for (const key of ['task', 'arm', 'activation']) {
    if (typeof record[key] !== 'string') refuse(where, `"${key}"`, 'a text', record[key]);
  }
  const numbers = ['seed', 'rows', 'testRows', 'features', 'classes', 'hidden', 'active', 'batchSize'];
  for (const key of [...numbers, 'epochs', 'threads', 'rate', 'paddedShare'])
    checkNumber(record[key], key, where);
  const learned = ['precision1', 'precision5', 'loss'];
  const frequent = checkObject(record['frequent'], '"frequent"', where);
  for (const key of learned) checkNumber(frequent[key], `frequent.${key}`, where);
  const moments = checkList(record['moments'], 'moments', where);
  if (moments.length === 0) refuse(where, '"moments"', 'a list of one or more', moments);
  for (const [index, item] of moments.entries()) {
    const moment = checkObject(item, `"moments[${index}]"`, where);
    for (const key of [...learned, 'rows', 'seconds', 'multiplyAdds']) {
      checkNumber(moment[key], `moments[${index}].${key}`, where);
    }
  }
  return value as OutputsRecord;
}

function checkObject(value: unknown, name: string, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(where, name, 'an object', value);
  }
  return value as Record<string, unknown>;
}

function checkList(value: unknown, key: string, where: string): readonly unknown[] {
  if (!Array.isArray(value)) refuse(where, `"${key}"`, 'a list', value);
  return value as readonly unknown[];
}

function checkNumber(value: unknown, key: string, where: string): void {
  if (typeof value !== 'number') refuse(where, `"${key}"`, 'a number', value);
}

function refuse(where: string, name: string, expected: string, value: unknown): never {
  const came = value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value);
  throw new Error(
    `${where}: ${name} should be ${expected}, but is ${came.length > 60 ? `${came.slice(0, 60)}...` : came}.`,
  );
}
