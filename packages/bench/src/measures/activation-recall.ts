/** The measure 'activation-recall': which of the units that an input excites most a method of searching finds. */
import { activationRecall } from '@hashgrad/mips';
import { checkHashedMethod, type HashedMethod, indexOptions, searchOptions } from '../arms/search.ts';
import type { MeasureDefinition, Measured } from '../engine/measure.ts';
import type { Config } from '../engine/record.ts';
import { checkTask, loadCorpus } from '../tasks/index.ts';
import { checkShares, costsAtGoal } from './goal.ts';

/** What the measure is given; plain JSON. */
export interface ActivationRecallConfig {
  /** Gives the weights of a layer and its inputs: vectors and queries, see `src/tasks`. */
  readonly task: Config;
  readonly method: HashedMethod;
  /** Of the units, the highest so many in 100 are to be found. */
  readonly percent: number;
  /** The recall whose cost is told: that of the least effort that reaches it. */
  readonly goal: number;
}

/** The base of a study: the highest 10 %, and the cost of half of them. `method` is for a factor to set. */
export function activationRecallConfig(
  task: ActivationRecallConfig['task'],
  options: Partial<ActivationRecallConfig> = {},
): Config {
  const method: HashedMethod = { kind: 'mips', index: {}, inLengths: [], effort: 'slack', efforts: [0] };
  return {
    task,
    method,
    percent: 10,
    goal: 0.5,
    ...options,
  } satisfies ActivationRecallConfig as unknown as Config;
}

/** The measure 'activation-recall'. */
export const activationRecallMeasure: MeasureDefinition = {
  name: 'activation-recall',
  description:
    'Looks by one method at rising efforts for the units of a layer that its inputs excite most, and says how many are found.',
  metrics: ['recall', 'mass', 'examinedAtGoal', 'costShareAtGoal'],
  check(json) {
    const { task, method, percent, goal } = json as unknown as ActivationRecallConfig;
    checkTask(task);
    checkShares({ goal });
    if (!(percent > 0 && percent <= 100)) {
      throw new RangeError(`percent is above 0 and up to 100; got ${JSON.stringify(percent)}.`);
    }
    if (method?.kind !== 'mips') {
      throw new Error(
        `method.kind is mips, whose candidates can be asked for; got ${JSON.stringify(method)}.`,
      );
    }
    checkHashedMethod(method);
  },
  prepare: async (json) => void (await loadCorpus((json as unknown as ActivationRecallConfig).task)),
  async measure(json, { seed, progress }): Promise<Measured> {
    const { task, method, percent, goal } = json as unknown as ActivationRecallConfig;
    const corpus = await loadCorpus(task);
    const { dimensions, vectors: weights, bias, queries: inputs } = corpus;
    const units = weights.length / dimensions;
    const { dimensions: _, ...index } = indexOptions(method, corpus, seed);
    const searches = method.efforts.map((effort) => searchOptions(method, effort, units, 1));
    const found = activationRecall({ dimensions, weights, bias, inputs }, [{ index, searches }], [percent]);
    const [recall, mass, examined, costShare] = (['recall', 'mass', 'examined', 'cost'] as const).map(
      (name) => found.map((each) => each[name]),
    ) as [number[], number[], number[], number[]];
    await progress(1);
    return {
      metrics: {
        recall: Math.max(...recall),
        mass: Math.max(...mass),
        ...costsAtGoal(recall, goal, { examined, costShare }),
      },
      series: { effort: [...method.efforts], recall, mass, examined, costShare },
    };
  },
};
