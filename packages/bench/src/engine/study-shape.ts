/** The types of a study's fields, checked where a study comes from plain JavaScript, which no compiler has read. */
import { refuseUnknown } from './filled.ts';
import { canonicalJson } from './json.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The names that a study may have in it. */
export interface KnownNames {
  readonly fields: readonly string[];
  readonly sizes: readonly string[];
  readonly sizeFields: readonly string[];
}

/**
 * Checks the types of a study's fields.
 *
 * @throws {TypeError} that names the study, the field, what it should be and what it is.
 */
export function checkShape(study: Fields, names: KnownNames): void {
  const { name, question, measure, base, factors, seeds, metrics } = study;
  if (typeof name !== 'string') refuse('A study', 'name', 'a text such as "my-study"', name);
  const where = `The study ${String(name)}`;
  checkFields(study, where, names.fields);
  if (typeof question !== 'string') refuse(where, 'question', 'a text', question);
  if (typeof measure !== 'string' && typeof measure !== 'function' && !isDefinition(measure)) {
    refuse(where, 'measure', 'the name of a measure, or a function', measure);
  }
  checkJson(base, where, 'base');
  if (!isObject(factors)) refuse(where, 'factors', 'an object of levels by factor', factors);
  for (const [factor, levels] of Object.entries(factors as Fields)) {
    if (!isObject(levels)) refuse(where, `factors.${factor}`, 'an object of levels by name', levels);
    for (const [level, changes] of Object.entries(levels as Fields)) {
      if (typeof changes !== 'function') checkJson(changes, where, `factors.${factor}.${level}`);
    }
  }
  if (!Array.isArray(seeds)) refuse(where, 'seeds', 'a list of whole numbers', seeds);
  if (!Array.isArray(metrics)) refuse(where, 'metrics', 'a list of names or metrics of your own', metrics);
  checkMetrics(metrics as readonly unknown[], where);
  checkSizes(study['sizes'], where, names);
}

function checkFields(fields: Fields, where: string, known: readonly string[]): void {
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) refuseUnknown(where, 'field', key, known);
  }
}

/** @throws {TypeError} for a size that there is not, or a field of one. */
function checkSizes(sizes: unknown, where: string, names: KnownNames): void {
  if (sizes === undefined) return;
  if (!isObject(sizes)) refuse(where, 'sizes', 'an object of sizes by name', sizes);
  for (const [name, size] of Object.entries(sizes as Fields)) {
    refuseUnknown(where, 'size', name, names.sizes);
    if (!isObject(size)) refuse(where, `sizes.${name}`, 'an object', size);
    checkFields(size as Fields, `${where}: the size ${name}`, names.sizeFields);
  }
}

function checkMetrics(metrics: readonly unknown[], where: string): void {
  const names = new Set<unknown>();
  for (const [index, metric] of metrics.entries()) {
    if (typeof metric !== 'string') checkOwnMetric(metric, where, `metrics[${index}]`);
    const name = typeof metric === 'string' ? metric : (metric as Fields)['name'];
    if (names.has(name)) throw new Error(`${where} has the metric ${String(name)} twice.`);
    names.add(name);
  }
}

function checkOwnMetric(metric: unknown, where: string, field: string): void {
  if (!isObject(metric)) refuse(where, field, 'a name or an object', metric);
  const { better, deterministic, of, ...texts } = metric as Fields;
  for (const name of ['name', 'title', 'unit', 'description']) {
    if (typeof texts[name] !== 'string') refuse(where, `${field}.${name}`, 'a text', texts[name]);
  }
  if (better !== 'higher' && better !== 'lower') {
    refuse(where, `${field}.better`, '"higher" or "lower"', better);
  }
  if (typeof deterministic !== 'boolean') {
    refuse(where, `${field}.deterministic`, 'true or false', deterministic);
  }
  if (of !== undefined && typeof of !== 'function') refuse(where, `${field}.of`, 'a function', of);
}

/** An object of plain JSON: trials are addressed by it, and functions or typed arrays have no address. */
function checkJson(value: unknown, where: string, field: string): void {
  if (!isObject(value)) refuse(where, field, 'an object of values by name', value);
  canonicalJson(value, `${where}: ${field}`);
}

function isDefinition(measure: unknown): boolean {
  return isObject(measure) && typeof measure['measure'] === 'function';
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(where: string, field: string, expected: string, value: unknown): never {
  const came =
    value === undefined ? 'missing' : typeof value === 'function' ? 'a function' : JSON.stringify(value);
  throw new TypeError(`${where}: ${field} should be ${expected}, but is ${came}.`);
}
