/** Training of a dense network, samples a second, on one thread and on two. */
import { mnistSubset } from '@hashgrad/datasets';
import { Network } from '@hashgrad/sparse-nn';
import { armSpec, DEFAULT_RATE } from '../arms/hidden.ts';
import { type Bench, defineBench } from './lib/benchmark.ts';
import { alternate, sample } from './lib/measure.ts';

const HIDDEN = [1000, 1000];
const BATCH = 256;
const ROUNDS = 5;

/** Epochs over the MNIST subset, one thread and two threads by turns. */
export const denseBenchmark: Bench = defineBench({
  name: 'dense',
  description: `training 784-${HIDDEN.join('-')}-10 on MNIST, dense, by Adam in batches of ${BATCH}, samples a second`,
  options: {},
  async run({ onProgress }) {
    const { train } = await mnistSubset();
    const { columns: inputs, classes } = train;
    const spec = armSpec('dense', { inputs, hidden: HIDDEN, classes, fraction: 1, rate: DEFAULT_RATE });
    using one = await Network.create(spec, { threads: 1, batchSize: BATCH });
    using two = await Network.create(spec, { threads: 2, batchSize: BATCH });
    const epoch = (network: Network) => async (): Promise<number> => {
      for await (const { samples, seconds } of network.fit(train, { epochs: 1 })) return samples / seconds;
      throw new Error('The training ended before its first epoch.');
    };
    onProgress?.('warming up');
    const runs = { 'one thread': epoch(one), 'two threads': epoch(two) };
    await alternate(runs, 1);
    const values = await alternate(runs, ROUNDS, (name, round, value) =>
      onProgress?.(`round ${round} of ${ROUNDS}, ${name}: ${value.toFixed(0)} samples/s`),
    );
    const single = sample(values['one thread']);
    const double = sample(values['two threads']);
    return {
      unit: 'samples/s',
      rows: [
        { name: 'one thread', sample: single, baseline: true },
        { name: 'two threads', sample: double },
      ],
      figures: { samples_per_s_1t: single, samples_per_s_2t: double },
      ...(two.threads < 2 ? { notes: ['Memory cannot be shared here: two threads are one.'] } : {}),
    };
  },
});
