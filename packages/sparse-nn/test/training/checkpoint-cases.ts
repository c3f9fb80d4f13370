/** Networks whose checkpoints are tested: between them they have all that a checkpoint keeps. */
import { simHash } from '@hashgrad/lsh';
import {
  adagrad,
  adam,
  all,
  cosineDecay,
  hidden,
  linearOutput,
  lsh,
  momentum,
  type Network,
  network,
  random,
  registerSelector,
  sgd,
  sigmoidOutput,
  softmax,
  topK,
  warmUp,
  type EpochReport,
  type DenseExamples,
  type Examples,
  type LayerSpec,
  type SparseExamples,
  type FitOptions,
  type NetworkSpec,
  type SelectorSpec,
} from '../../src/index.ts';
import { bags, blobs, withTargets } from '../data.ts';

export const dense: DenseExamples = blobs({ rows: 75, columns: 37, classes: 10 });
export const sparse: SparseExamples = bags({ rows: 75, columns: 120, classes: 90, mostLabels: 3 });
const numbers = withTargets(blobs({ rows: 75, columns: 20, classes: 5 }), 3);
const tables = { family: simHash({ bits: 4, tables: 7 }), rehash: 3 };
export const mixed: LayerSpec[] = [
  hidden(61),
  hidden(70, topK({ count: 9 })),
  hidden(81, random({ count: 20 })),
  hidden(50, lsh({ count: 12, pad: 'uniform', ...tables })),
  softmax(10),
];
export const wide: LayerSpec[] = [hidden(33), softmax(90, lsh({ count: 15, ...tables }))];
const sigmoids = [hidden(33), sigmoidOutput(90, lsh({ count: 15, ...tables }))];
const padded = [hidden(33), softmax(700, lsh({ count: 60, pad: 'uniform', logQ: true, ...tables }))];

/** Counts its own steps and chooses by them. */
registerSelector({
  kind: 'turns',
  check: () => {},
  bind(_, { units }) {
    let step = 0;
    const memory = new Uint16Array(3);
    return {
      maxActive: 4,
      keepProbability: 1,
      select({ batch, training }, { offsets, ids }) {
        for (let s = 0; s < batch; s++) {
          for (let i = 0; i < 4; i++) ids[4 * s + i] = (step + memory[0]! + i * 5) % units;
          ids.subarray(4 * s, 4 * s + 4).sort();
          offsets[s + 1] = 4 * (s + 1);
        }
        if (training) memory[0] += 2;
      },
      updated: () => void step++,
      state: () => ({ arrays: { memory }, values: { step } }),
      restore({ arrays, values }) {
        step = values?.['step'] as number;
        memory.set(arrays?.['memory'] as Uint16Array);
      },
      [Symbol.dispose]: () => {},
    };
  },
});
const turns: SelectorSpec = { kind: 'turns' };

interface Case {
  readonly name: string;
  readonly examples: Examples;
  readonly spec: NetworkSpec;
}

export const cases: readonly Case[] = [
  { name: 'dense', examples: dense, spec: network(37, [hidden(61), hidden(50), softmax(10)]) },
  { name: 'all selectors, sgd', examples: dense, spec: network(37, mixed, sgd({ rate: 0.1 })) },
  { name: 'all selectors, momentum', examples: dense, spec: network(37, mixed, momentum({ rate: 0.01 })) },
  { name: 'all selectors, adam', examples: dense, spec: network(37, mixed) },
  {
    name: 'all selectors, small moments',
    examples: dense,
    spec: network(37, mixed, adam({ firstMoment: 'bfloat16', secondMoment: 'bfloat16' })),
  },
  { name: 'sparse rows, lsh', examples: sparse, spec: network(120, wide, adam({ secondMoment: 'row' })) },
  { name: 'sparse rows, padded lsh', examples: sparse, spec: network(120, padded) },
  {
    name: 'dropout, clipping, decay, a schedule',
    examples: dense,
    spec: network(
      37,
      [hidden(61, all(), { dropout: 0.3 }), hidden(50, topK({ count: 20 }), { dropout: 0.2 }), softmax(10)],
      momentum({
        rate: 0.05,
        clipNorm: 0.5,
        weightDecay: 0.01,
        schedule: warmUp({ steps: 3, next: cosineDecay({ steps: 10 }) }),
      }),
    ),
  },
  {
    name: 'skipped rows that catch up',
    examples: sparse,
    spec: network(120, wide, adam({ skipped: 'catchUp', weightDecay: 0.01 })),
  },
  {
    name: 'adagrad, sigmoid outputs',
    examples: sparse,
    spec: network(120, sigmoids, adagrad({ rate: 0.05 })),
  },
  {
    name: 'a linear output',
    examples: numbers,
    spec: network(20, [hidden(40, topK({ count: 10 })), linearOutput(3)]),
  },
  { name: "a selector of one's own", examples: dense, spec: network(37, [hidden(40, turns), softmax(10)]) },
];

/** The report without its seconds, which differ. */
function withoutTime(report: EpochReport): object {
  return { ...report, seconds: 0, partSeconds: {} };
}

/** The reports of an iteration of `fit`, but for their times. */
export async function run(net: Network, examples: Examples, options: FitOptions): Promise<object[]> {
  const reports: object[] = [];
  for await (const report of net.fit(examples, options)) reports.push(withoutTime(report));
  return reports;
}
