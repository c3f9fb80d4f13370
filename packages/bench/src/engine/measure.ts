/** What a trial does: the contract between the engine and the measures that it runs. */
import { checkMeasured, type Config, type Cost, type Stage, type Trial } from './record.ts';

/** What a measure is told besides its config. */
export interface MeasureContext {
  readonly seed: number;
  /** In 'tune' what is measured must not look at the test part. */
  readonly stage: Stage;
  /** Says which share of the trial is done, from 0 to 1; waits until others had their turn. */
  progress(done: number): Promise<void>;
  /**
   * Gives the study's own metrics of what was trained or built; a measure calls it once, at its end. What `subject` is, the
   * measure's documentation says.
   */
  own(subject: unknown): Readonly<Record<string, number>>;
}

/** What a measure gives back: see `TrialRecord`, whose fields these are. */
export interface Measured {
  readonly metrics: Readonly<Record<string, number>>;
  readonly series?: Readonly<Record<string, readonly number[]>>;
  readonly cost?: Readonly<Record<string, Cost>>;
  readonly partSeconds?: Readonly<Record<string, number>>;
}

/** Measures one config with one seed. All that is random follows from the seed. */
export type Measure = (config: Config, context: MeasureContext) => Promise<Measured> | Measured;

/** A measure with what can be said of a config before it is measured. */
export interface MeasureDefinition {
  readonly name: string;
  /** What it does and what it gives, in one sentence. */
  readonly description: string;
  /** The metrics that it gives. A trial may leave out one that has no value for it. */
  readonly metrics: readonly string[];
  readonly measure: Measure;
  /**
   * Refuses a config that cannot be measured in a stage, without reading data.
   *
   * @throws {Error} with the name of what is wrong.
   */
  check?(config: Config, stage: Stage): void;
  /** Loads what `config` is measured on, and refuses a config that does not fit it. */
  prepare?(config: Config): Promise<void>;
}

/** How a trial ended: with what it measured, or with an error. */
export type Outcome =
  | { readonly measured: Required<Measured>; readonly seconds: number; readonly startedAt: string }
  | {
      readonly error: { readonly message: string; readonly stack?: string };
      readonly seconds: number;
      readonly startedAt: string;
    };

/**
 * Runs one trial in this process.
 *
 * @param own computes the study's own metrics.
 * @returns an error where the measure throws, or gives what no record holds: a number that is not finite, a typed array, ...
 */
export async function runTrial(
  definition: MeasureDefinition,
  own: (subject: unknown) => Readonly<Record<string, number>>,
  { config, seed, stage }: Trial,
  progress: (done: number) => Promise<void>,
): Promise<Outcome> {
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  try {
    const given: Partial<Measured> | undefined = await definition.measure(config, {
      seed,
      stage,
      progress,
      own,
    });
    const { metrics, series = {}, cost = {}, partSeconds = {} } = given ?? {};
    const measured = { metrics, series, cost, partSeconds };
    // One record that cannot be read back would make its whole folder unreadable.
    checkMeasured(measured, 'What the measure gave');
    return { measured: measured as Required<Measured>, seconds: seconds(), startedAt };
  } catch (error) {
    return { error: errorOf(error), seconds: seconds(), startedAt };
  }
}

/** An error as a record keeps it. */
function errorOf(error: unknown): { message: string; stack?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  return { message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
}
