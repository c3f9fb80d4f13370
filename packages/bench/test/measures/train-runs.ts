/** Small trials of the measure 'train', run in this process. */
import { deterministicPart } from '../../src/engine/merge.ts';
import { type Outcome, runTrial } from '../../src/engine/measure.ts';
import { planPoints } from '../../src/engine/plan.ts';
import type { Config, Stage, Trial, TrialRecord } from '../../src/engine/record.ts';
import { hiddenArms } from '../../src/arms/hidden.ts';
import { trainConfig, type Trained, trainMeasure } from '../../src/measures/train.ts';
import { images } from '../../src/tasks/images.ts';

export const base: Config = trainConfig({
  // 220 is no multiple of the batch size: the last batch of an epoch is smaller.
  task: images('rectangles', { train: 220, test: 60 }),
  network: { inputs: 784, hidden: [32, 24], classes: 2 },
  epochs: 2,
  batchSize: 50,
  threads: 1,
  active: 0.25,
});

export type Measured = Extract<Outcome, { measured: object }>['measured'];

export async function measure(
  config: Config,
  seed = 1,
  stage: Stage = 'run',
  own: (of: Trained) => number = () => 0,
): Promise<Measured> {
  const trial: Trial = { study: 'small', point: {}, seed, stage, tuned: {}, config };
  const outcome = await runTrial(
    trainMeasure,
    (of) => ({ own: own(of as Trained) }),
    trial,
    async () => {},
  );
  if ('error' in outcome) throw new Error(outcome.error.message);
  return outcome.measured;
}

/** What is the same whenever a trial is repeated. */
export function bits(measured: Measured): unknown {
  return deterministicPart({ trial: { config: base }, ...measured } as TrialRecord);
}

/** The network of an arm of the hidden layers. */
export function configOf(arm: string): Config {
  const study = { name: 'small', question: '', measure: 'train', base, seeds: [1], metrics: ['loss'] };
  const [point] = planPoints({ ...study, factors: { arm: hiddenArms([arm]) } });
  return point?.config as Config;
}
