/** The figures of a benchmark as a file of JSON, which a later run is compared with. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '@hashgrad/kernels';
import type { Machine } from '../../engine/machine.ts';
import { type BenchResult, type Figure, figureValue } from './result.ts';

/** A figure, and the range in which another run may find it. */
export interface MeasuredFigure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a file holds. */
export interface ResultFile {
  /** Of the benchmark. */
  readonly name: string;
  readonly machine: Machine;
  /** As they were given or are by default. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly figures: Readonly<Record<string, MeasuredFigure>>;
}

/** Figures that were measured once may be so much more or less, as a share. */
const ONCE = 0.05;

/** Medians of the same machine differ from one run to the next by so much, as a share, however near their repeats are. */
const LEAST = 0.03;

/** What is kept of a result. */
export function resultFile(
  name: string,
  machine: Machine,
  options: Readonly<Record<string, unknown>>,
  { figures }: BenchResult,
): ResultFile {
  const measured = Object.entries(figures).map(([key, figure]) => [key, measuredFigure(figure)] as const);
  return { name, machine, options, figures: Object.fromEntries(measured) };
}

function measuredFigure(figure: Figure): MeasuredFigure {
  const value = figureValue(figure);
  if (typeof figure === 'number') return { value, low: value * (1 - ONCE), high: value * (1 + ONCE) };
  // What is said to vary less than repeats do has a range of its own, and no repeats.
  const least = 'count' in figure ? LEAST : 0;
  return {
    value,
    low: Math.min(figure.low, value * (1 - least)),
    high: Math.max(figure.high, value * (1 + least)),
  };
}

/** Writes a whole file. */
export function writeResultFile(path: string, file: ResultFile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, Buffer.from(`${JSON.stringify(file, null, 2)}\n`));
}

/**
 * Reads a file of the benchmark called `name`.
 *
 * @throws {Error} that names the file, if there is none, it is no such file, or it is of another benchmark.
 */
export function readResultFile(path: string, name: string): ResultFile {
  let file: ResultFile;
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as ResultFile;
  } catch (error) {
    throw new Error(`${path}: no figures can be read from it: ${(error as Error).message}`, { cause: error });
  }
  const figures = Object.entries(file?.figures ?? {});
  const wrong = figures.find(([, each]) => ![each?.value, each?.low, each?.high].every(Number.isFinite));
  if (figures.length === 0 || wrong !== undefined || typeof file.machine?.cpu !== 'string') {
    const what =
      wrong === undefined ? 'it names no machine and figures' : `its figure ${wrong[0]} has no range`;
    throw new Error(`${path}: this is no file that hashgrad bench --json wrote: ${what}.`);
  }
  if (file.name !== name) {
    throw new Error(`${path}: its figures are of the benchmark ${file.name}, not of ${name}.`);
  }
  return file;
}
