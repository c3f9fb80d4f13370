/** Runs a measure for the tests: checked, prepared, and measured in this process. */
import { runTrial } from '../../src/engine/measure.ts';
import type { Measured, MeasureDefinition } from '../../src/engine/measure.ts';
import { planPoints } from '../../src/engine/plan.ts';
import type { Config, Stage } from '../../src/engine/record.ts';
import type { Factor } from '../../src/engine/study.ts';

/** @throws {Error} with the message of the trial's error, if it has one. */
export async function runMeasure(
  definition: MeasureDefinition,
  config: Config,
  seed = 1,
  stage: Stage = 'run',
): Promise<Required<Measured>> {
  definition.check?.(config, stage);
  await definition.prepare?.(config);
  const trial = { study: 'small', point: {}, seed, stage, tuned: {}, config };
  const outcome = await runTrial(
    definition,
    () => ({}),
    trial,
    async () => {},
  );
  if ('error' in outcome) throw new Error(outcome.error.message);
  return outcome.measured;
}

/** The configs that the levels of a factor make of a base, by level. */
export function configsOf(base: Config, factor: Factor): Map<string, Config> {
  const study = { name: 'small', question: '', measure: 'train', base, seeds: [1], metrics: ['loss'] };
  const points = planPoints({ ...study, factors: { level: factor } });
  return new Map(points.map(({ point, config }) => [point['level'] as string, config]));
}
