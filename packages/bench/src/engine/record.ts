/** What a trial is, what it leaves behind, and the one check of a record that is read back from a file. */
import { OPERATIONS, type Operation } from '@hashgrad/sparse-nn';
import type { Machine } from './machine.ts';

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a measure is given: plain JSON by name. */
export type Config = Readonly<Record<string, Json>>;

/**
 * A level of each factor, by the names of both: `{ arm: 'lsh', fraction: '5 %' }`. A factor that changes nothing beside the
 * other levels is left out: `{ arm: 'dense' }` has no fraction.
 */
export type Point = Readonly<Record<string, string>>;

/** 'run', or 'tune' for a trial that looks for the best parameters of a point. */
export type Stage = 'tune' | 'run';

/** One thing to measure, as plain JSON: what makes it again. */
export interface Trial {
  readonly study: string;
  readonly point: Point;
  /** A whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  readonly stage: Stage;
  /** The tuned parameters' values by their paths; empty if nothing is tuned. */
  readonly tuned: Config;
  /** What the measure is given, all factors applied: task, network, selector, optimizer, budget, ... */
  readonly config: Config;
}

/** Counts of what a part of the work costs, of each kind of work; one table of weights turns them into multiply-adds. */
export type Cost = Readonly<Record<Operation, number>>;

/** The version of the record format that this code writes and reads. */
export const RECORD_VERSION = 1;

/** What one trial leaves behind: a line of a records file as JSON. */
export interface TrialRecord {
  readonly version: typeof RECORD_VERSION;
  /** SHA-256 in hexadecimal of the trial's canonical JSON with the digests of the sources that it depends on. */
  readonly key: string;
  readonly trial: Trial;
  /** Block: one seed, all arms by turns on one machine; times compare within a block only. */
  readonly block: string;
  readonly machine: Machine;
  /** Digests of sources, by package or file. */
  readonly sources: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Wall time of the trial, evaluation included. */
  readonly seconds: number;
  /** Whether other trials ran at the same time, or those of its block on another machine: then times are not comparable. */
  readonly shared: boolean;
  /** By name of the metric; a metric that has no value is left out. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Over training, by name; a point for each evaluation. Step, multiply-adds and seconds so far are series too. */
  readonly series: Readonly<Record<string, readonly number[]>>;
  /** Per training sample (or query), by part. */
  readonly cost: Readonly<Record<string, Cost>>;
  /** Seconds by part. */
  readonly partSeconds: Readonly<Record<string, number>>;
  /** What went wrong; there are then no metrics. */
  readonly error?: TrialError;
}

/** What went wrong in a trial. */
export interface TrialError {
  readonly message: string;
  readonly stack?: string;
}

/**
 * Checks that `value` is a {@link TrialRecord}.
 *
 * @param value what `JSON.parse` gave.
 * @param where the file and line, for the message, e.g. `results/records.jsonl, line 3`.
 * @throws {Error} that names `where`, the field, what it should be and what it is; of a record of another format, the
 * format's version.
 */
export function checkTrialRecord(value: unknown, where: string): TrialRecord {
  const record = objectOf(value, 'the record', where);
  checkVersion(record, where);
  if (!/^[0-9a-f]{64}$/.test(String(record['key']))) {
    refuse(where, '"key"', 'a SHA-256 of 64 hexadecimal digits', record['key']);
  }
  checkTrial(objectOf(record['trial'], '"trial"', where), where);
  texts(record, ['block', 'startedAt'], '', where);
  numbers(record, ['seconds'], '', where);
  booleanOf(record['shared'], '"shared"', where);
  const machine = objectOf(record['machine'], '"machine"', where);
  texts(machine, ['cpu', 'platform', 'node'], 'machine.', where);
  numbers(machine, ['cores', 'memoryGiB'], 'machine.', where);
  const sources = objectOf(record['sources'], '"sources"', where);
  texts(sources, Object.keys(sources), 'sources.', where);
  checkMeasured(record, where);
  if (record['error'] !== undefined) {
    const error = objectOf(record['error'], '"error"', where);
    texts(error, error['stack'] === undefined ? ['message'] : ['message', 'stack'], 'error.', where);
  }
  return value as TrialRecord;
}

/**
 * Checks what a measure gave, as a record holds it: numbers, lists of numbers, and counts.
 *
 * @throws {Error} that names `where`, the field, what it should be and what it is.
 */
export function checkMeasured(measured: Readonly<Record<string, unknown>>, where: string): void {
  for (const name of ['metrics', 'partSeconds']) {
    const values = objectOf(measured[name], `"${name}"`, where);
    numbers(values, Object.keys(values), `${name}.`, where);
  }
  for (const [name, list] of Object.entries(objectOf(measured['series'], '"series"', where))) {
    if (!Array.isArray(list)) refuse(where, `"series.${name}"`, 'a list', list);
    for (const [index, item] of (list as unknown[]).entries()) {
      numberOf(item, `"series.${name}[${index}]"`, where);
    }
  }
  for (const [part, counts] of Object.entries(objectOf(measured['cost'], '"cost"', where))) {
    numbers(objectOf(counts, `"cost.${part}"`, where), OPERATIONS, `cost.${part}.`, where);
  }
}

/** Names of the formats that were written before there was a version, by the `study` that their records name. */
const UNVERSIONED: Readonly<Record<string, string>> = {
  selectors: '"hashgrad study" before version 1',
  outputs: '"hashgrad outputs" before version 1',
};

function checkVersion(record: Readonly<Record<string, unknown>>, where: string): void {
  const { version, study } = record;
  if (version === RECORD_VERSION) return;
  if (version === undefined && typeof study === 'string' && Object.hasOwn(UNVERSIONED, study)) {
    throw new Error(
      `${where}: this is a record of ${UNVERSIONED[study]}, which is no longer read. Run the study again.`,
    );
  }
  if (typeof version === 'number' && version > RECORD_VERSION) {
    throw new Error(
      `${where}: this is a record of version ${version}, but this hashgrad reads version ${RECORD_VERSION}. Use a newer hashgrad.`,
    );
  }
  refuse(where, '"version"', String(RECORD_VERSION), version);
}

function checkTrial(trial: Readonly<Record<string, unknown>>, where: string): void {
  texts(trial, ['study'], 'trial.', where);
  const point = objectOf(trial['point'], '"trial.point"', where);
  texts(point, Object.keys(point), 'trial.point.', where);
  const { seed, stage } = trial;
  if (!(Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) <= 0xffff_ffff)) {
    refuse(where, '"trial.seed"', `a whole number from 0 to ${0xffff_ffff}`, seed);
  }
  if (stage !== 'tune' && stage !== 'run') refuse(where, '"trial.stage"', '"tune" or "run"', stage);
  objectOf(trial['tuned'], '"trial.tuned"', where);
  objectOf(trial['config'], '"trial.config"', where);
}

function objectOf(value: unknown, name: string, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(where, name, 'an object', value);
  }
  return value as Readonly<Record<string, unknown>>;
}

function texts(
  of: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  before: string,
  where: string,
): void {
  for (const key of keys) {
    if (typeof of[key] !== 'string') refuse(where, `"${before}${key}"`, 'a text', of[key]);
  }
}

function numbers(
  of: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  before: string,
  where: string,
): void {
  for (const key of keys) numberOf(of[key], `"${before}${key}"`, where);
}

/** JSON has no NaN, but `1e999` is parsed as Infinity. */
function numberOf(value: unknown, name: string, where: string): void {
  if (!Number.isFinite(value)) refuse(where, name, 'a finite number', value);
}

function booleanOf(value: unknown, name: string, where: string): void {
  if (typeof value !== 'boolean') refuse(where, name, 'true or false', value);
}

function refuse(where: string, name: string, expected: string, value: unknown): never {
  const came =
    value === undefined
      ? 'missing'
      : typeof value === 'number' || typeof value === 'bigint'
        ? String(value)
        : (JSON.stringify(value) ?? typeof value);
  throw new Error(
    `${where}: ${name} should be ${expected}, but is ${came.length > 60 ? `${came.slice(0, 60)}...` : came}.`,
  );
}
