/** The measure 'attention': how far attention over some of the keys is from attention over all. */
import {
  type Attention,
  exactAttention,
  OPERATIONS,
  PARTS,
  sampleAttention,
  topKAttention,
  uniformAttention,
} from '@hashgrad/sparse-nn';
import { type AttentionMethod, tablesFor } from '../arms/attention.ts';
import { filled } from '../engine/filled.ts';
import type { MeasureDefinition, Measured } from '../engine/measure.ts';
import type { Config, Cost } from '../engine/record.ts';
import { checkTask, loadKeyValues } from '../tasks/index.ts';
import type { KeyValues } from '../tasks/task.ts';
import { checkShares } from './goal.ts';
import { mean } from './sums.ts';

/** What the measure is given; plain JSON. */
export interface AttentionConfig {
  /** Gives keys, values and queries, see `src/tasks`; a trial's seed is added to its own, so that each has others. */
  readonly task: Config;
  readonly method: AttentionMethod;
  /** Of the keys, to be read; of those that are sampled, on the average of keys that do not concern a query. */
  readonly share: number;
}

/** The base of a study: the best 2 % of the keys. `method` and `share` are for factors to set. */
export function attentionConfig(
  task: AttentionConfig['task'],
  options: Partial<AttentionConfig> = {},
): Config {
  const method: AttentionMethod = { kind: 'top k', rest: 0 };
  const config: AttentionConfig = filled('attentionConfig', { task, method, share: 0.02 }, options);
  return config as unknown as Config;
}

/** The measure 'attention'. */
export const attentionMeasure: MeasureDefinition = {
  name: 'attention',
  description:
    'Attends to a share of the keys of a task, and says how far the output is from that of all keys.',
  metrics: ['outputError', 'readShare', 'work'],
  check(json) {
    const { task, method, share } = json as unknown as AttentionConfig;
    checkTask(task);
    checkShares({ share });
    if (!['top k', 'uniform', 'sample'].includes(method?.kind)) {
      throw new Error(`method.kind is top k, uniform or sample; got ${JSON.stringify(method)}.`);
    }
    if (method.kind === 'top k' && !(method.rest >= 0 && method.rest < 1)) {
      throw new RangeError(`method.rest is from 0 to below 1; got ${JSON.stringify(method.rest)}.`);
    }
  },
  async prepare(json) {
    const { task, method, share } = json as unknown as AttentionConfig;
    const { dimensions } = await loadKeyValues(task);
    if (method.kind === 'sample') tablesFor(method, share, dimensions);
  },
  async measure(json, { seed, progress }): Promise<Measured> {
    const { task, method, share } = json as unknown as AttentionConfig;
    const drawn = await loadKeyValues({ ...task, seed: (task['seed'] as number) + seed });
    const { queries, keys, values, dimensions } = drawn;
    const exact = exactAttention(queries, keys, values, { dimensions });
    await progress(0.5);
    const found = attend(drawn, method, share, seed);
    const count = found.keysRead.length;
    return {
      metrics: {
        outputError: mean(errorsOf(found, exact)),
        readShare: mean([...found.keysRead]) / (keys.length / dimensions),
      },
      cost: Object.fromEntries(
        PARTS.map((part) => [
          part,
          Object.fromEntries(
            OPERATIONS.map((kind) => [kind, found.counts[kind][part] / count]),
          ) as unknown as Cost,
        ]),
      ),
    };
  },
};

function attend(
  { queries, keys, values, dimensions }: KeyValues,
  method: AttentionMethod,
  share: number,
  seed: number,
): Attention {
  const count = Math.max(1, Math.round((share * keys.length) / dimensions));
  switch (method.kind) {
    case 'top k': {
      const rest = Math.floor(method.rest * count);
      return topKAttention(queries, keys, values, { dimensions, k: count - rest, rest, seed });
    }
    case 'uniform':
      return uniformAttention(queries, keys, values, { dimensions, count, seed });
    case 'sample': {
      const { minCollisions } = method;
      const family = tablesFor(method, share, dimensions);
      return sampleAttention(queries, keys, values, { dimensions, family, minCollisions, seed });
    }
  }
}

/** Of each query, the length of the difference between outputs in lengths of the exact one. */
function errorsOf({ outputs }: Attention, { outputs: exact, keysRead }: Attention): number[] {
  const width = exact.length / keysRead.length;
  return Array.from(keysRead, (_, q) => {
    const [a, b] = [outputs, exact].map((all) => all.subarray(q * width, (q + 1) * width)) as [
      Float32Array,
      Float32Array,
    ];
    return Math.hypot(...a.map((x, i) => x - b[i]!)) / Math.hypot(...b);
  });
}
