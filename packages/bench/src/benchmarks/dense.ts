/** Training of a dense network, samples a second, on one thread and on two, beside OpenBLAS. */
import { type DenseDataset, mnistSubset } from '@hashgrad/datasets';
import { Network } from '@hashgrad/sparse-nn';
import { armSpec, DEFAULT_RATE } from '../arms/hidden.ts';
import { threadsLabel } from '../format.ts';
import { openBlas, type OpenBlas } from './baselines/openblas/compile.ts';
import { sampleRate } from './baselines/openblas/steps.ts';
import { batchesOf } from './lib/batches.ts';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { alternate, ratio, sample } from './lib/measure.ts';
import type { BenchResult } from './lib/result.ts';

const HIDDEN = [1000, 1000];
const BATCH = 256;
const ROUNDS = 5;

/** Steps of OpenBLAS in a round; as many before it are not timed. */
const BLAS_STEPS = 20;

/** Epochs over the MNIST subset, one thread and two threads by turns. */
export const denseBenchmark: Bench = defineBench({
  name: 'dense',
  description: `training 784-${HIDDEN.join('-')}-10 on MNIST, dense, by Adam in batches of ${BATCH}, beside a C++ program on OpenBLAS (if it is installed), samples a second`,
  options: {},
  async run(told) {
    return runDense((await mnistSubset()).train, { hidden: HIDDEN, batchSize: BATCH, rounds: ROUNDS }, told);
  },
});

/** What is trained, and how often each program trains an epoch. */
export interface DenseSettings {
  readonly hidden: readonly number[];
  readonly batchSize: number;
  readonly rounds: number;
}

/** Runs the benchmark on any data and network. `program`: OpenBLAS, or why there is none. */
export async function runDense(
  train: DenseDataset,
  { hidden, batchSize, rounds }: DenseSettings,
  { onProgress }: Told = {},
  program: OpenBlas | string = openBlas(),
): Promise<BenchResult> {
  const { columns: inputs, classes } = train;
  const spec = armSpec('dense', { inputs, hidden, classes, fraction: 1, rate: DEFAULT_RATE });
  using one = await Network.create(spec, { threads: 1, batchSize });
  using two = await Network.create(spec, { threads: 2, batchSize });
  const epoch = (network: Network) => async (): Promise<number> => {
    for await (const { samples, seconds } of network.fit(train, { epochs: 1 })) return samples / seconds;
    throw new Error('The training ended before its first epoch.');
  };
  const runs: Record<string, () => Promise<number>> = { 'one thread': epoch(one), 'two threads': epoch(two) };
  const units = [inputs, ...hidden, classes];
  if (typeof program !== 'string') {
    const batches = batchesOf(train, batchSize, BLAS_STEPS);
    for (const threads of [1, 2]) {
      const plan = { warmUp: BLAS_STEPS, measured: BLAS_STEPS };
      runs[`OpenBLAS, ${threadsLabel(threads)}`] = async () =>
        sampleRate(program, { units, rate: DEFAULT_RATE, threads }, batches, plan);
    }
  }
  onProgress?.('warming up');
  await alternate(runs, 1);
  const values = await alternate(runs, rounds, (name, round, value) =>
    onProgress?.(`round ${round} of ${rounds}, ${name}: ${value.toFixed(0)} samples/s`),
  );
  const rows = Object.entries(values).map(([name, each], index) => ({
    name,
    sample: sample(each),
    baseline: index === 0,
  }));
  const [single, double, blasSingle, blasDouble] = rows.map((row) => row.sample);
  return {
    unit: 'samples/s',
    rows,
    figures: {
      samples_per_s_1t: single!,
      samples_per_s_2t: double!,
      ...(blasSingle &&
        blasDouble && {
          openblas_samples_per_s_1t: blasSingle,
          openblas_samples_per_s_2t: blasDouble,
          share_of_openblas_2t: ratio(double!, blasDouble),
        }),
    },
    notes: [
      typeof program === 'string' ? program : `${program.name}, in a C++ program of ours.`,
      ...(two.threads < 2 ? ['Memory cannot be shared here: two threads are one.'] : []),
    ],
  };
}
