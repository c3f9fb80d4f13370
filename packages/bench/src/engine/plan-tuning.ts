/** From a study to the trials of its tuning; those of successive halving follow from the results of the ones before. */
import { bestFirst } from '../analysis/best-tuned.ts';
import { metricInfo } from '../analysis/metrics.ts';
import { unknownPath } from './changes.ts';
import { valuesAt } from './json.ts';
import { type Block, type PlannedPoint, withChanges } from './plan.ts';
import type { Config, Trial, TrialRecord } from './record.ts';
import type { Study } from './study.ts';
import { type Rung, rungsOf, settingsOf, type Tuning } from './tuning.ts';

/** The trials of tuning. */
export interface TuningPlan {
  /** One for each point, with the trials that are known so far. */
  readonly blocks: readonly Block[];
  /** Whether these are all, and all have records. */
  readonly finished: boolean;
}

/** Gives the record of a trial that has ended. */
export type RecordOf = (trial: Trial) => TrialRecord | undefined;

/**
 * Plans the trials that can be known by the records that there are.
 *
 * @throws {Error} for a parameter that no point has, or a search that makes none.
 */
export function planTuning(
  study: Study,
  tuning: Tuning,
  points: readonly PlannedPoint[],
  recordOf: RecordOf = () => undefined,
): TuningPlan {
  for (const path of Object.keys(tuning.parameters)) {
    if (!points.some(({ config }) => valuesAt(config, path).length > 0)) {
      throw unknownPath(
        path,
        points.map(({ config }) => config),
        `The tuning of ${study.name}`,
      );
    }
  }
  const plans = points.map((planned) => planPoint(study, tuning, planned, recordOf));
  return {
    blocks: plans.map(({ block }) => block),
    finished: plans.every(({ finished }) => finished),
  };
}

/** How many trials the tuning of a study has, all rungs together; 0 if it is not tuned. */
export function tuningSize({ tune }: Study, points: readonly PlannedPoint[]): number {
  if (tune === undefined) return 0;
  const sizes = points.map(({ point, config }) => {
    const count = settingsOf(tune, point, config).length;
    return rungs(tune, config, count)?.reduce((sum, { settings }) => sum + settings, 0) ?? count;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

function planPoint(
  study: Study,
  tuning: Tuning,
  { point, config }: PlannedPoint,
  recordOf: RecordOf,
): { readonly block: Block; readonly finished: boolean } {
  const trialOf = (tuned: Config): Trial => ({
    study: study.name,
    point,
    seed: tuning.seed,
    stage: 'tune',
    tuned,
    config: withChanges(config, tuned, 'Tuning'),
  });
  const own = study.metrics.filter((metric) => typeof metric !== 'string');
  let settings = settingsOf(tuning, point, config);
  const trials: Trial[] = [];
  let finished = true;
  const steps = rungs(tuning, config, settings.length) ?? [undefined];
  for (const [step, rung] of steps.entries()) {
    // The epochs of a rung are tuned values of its trials, which tell them apart; no run has them.
    const these = settings.map((setting) => trialOf(rung ? { ...setting, epochs: rung.epochs } : setting));
    trials.push(...these);
    const records = these.map(recordOf);
    finished = records.every((record) => record !== undefined);
    const next = steps[step + 1];
    if (!finished || next === undefined) break;
    const order = bestFirst(records as TrialRecord[], metricInfo(tuning.metric, own));
    settings = order.slice(0, next.settings).map((place) => settings[place] as Config);
    if (settings.length === 0) break; // all of them failed
  }
  return { block: { name: `tune ${Object.values(point).join(', ')}`, trials }, finished };
}

/** The rungs of successive halving; `undefined` for other searches. */
function rungs(tuning: Tuning, { epochs }: Config, settings: number): Rung[] | undefined {
  if (tuning.search !== 'halving') return undefined;
  if (typeof epochs !== 'number') {
    throw new Error(
      `Successive halving varies the epochs, but the config has epochs ${JSON.stringify(epochs)}.`,
    );
  }
  return rungsOf(settings, tuning.factor ?? 2, epochs);
}
