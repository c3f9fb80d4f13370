/** What `hashgrad profile` can train. */
import { mnistSubset } from '@hashgrad/datasets';
import { Network } from '@hashgrad/sparse-nn';
import type { LayerSpec, LshSpec } from '@hashgrad/sparse-nn';
import { armSpec, DEFAULT_RATE } from '../arms/hidden.ts';
import { batchesOf } from '../benchmarks/lib/batches.ts';
import { MLP } from '../benchmarks/mlp.ts';
import { planSteps, Stepper, summarizeSteps, timeSteps } from '../benchmarks/lib/steps.ts';
import type { StepPlan, StepSummary } from '../benchmarks/lib/steps.ts';
import { bytesMoved, wideTraffic } from '../benchmarks/wide/bytes.ts';
import { createWide, rehashEvery, WIDE, WIDE_ARMS, wideData, wideLsh } from '../benchmarks/wide/task.ts';
import type { WideSize } from '../benchmarks/wide/task.ts';
import { fractionLabel, percent, significant } from '../format.ts';
import type { Profile } from './profile.ts';

/** The tasks, by name: each is profiled on so many threads for about so many steps. */
export const PROFILE_TASKS: Readonly<
  Record<'wide' | 'mlp', (threads: number, steps: number) => Promise<Profile>>
> = {
  wide: (threads, steps) => profileWide(WIDE, threads, steps),
  mlp: profileMlp,
};

/** Profiles `lsh` on a wide task. */
export async function profileWide(size: WideSize, threads: number, steps: number): Promise<Profile> {
  const [arm] = WIDE_ARMS;
  const select = wideLsh(size);
  const plan = planSteps(steps, rehashEvery(select));
  const data = wideData(size);
  using network = await createWide(size, arm, data, threads);
  const batches = batchesOf(data.train, size.batchSize, plan.warmUp + plan.measured);
  const summary = measure(new Stepper(network, batches), plan);
  const traffic = wideTraffic(size, select, summary);
  const active = traffic.pairs / size.batchSize;
  return {
    title: `wide: ${size.features}-${size.hidden}-${size.labels}, sparse rows, lsh, batch ${size.batchSize}`,
    threads: network.threads,
    summary,
    bytes: bytesMoved(traffic),
    active:
      `${significant(active)} of ${size.labels} outputs a row (${percent(active / size.labels)} %), ` +
      `${Math.round(traffic.visited)} different ones in a batch`,
  };
}

async function profileMlp(threads: number, steps: number): Promise<Profile> {
  const { train } = await mnistSubset();
  const { hidden, fraction, batchSize } = MLP;
  const { columns: inputs, classes } = train;
  const spec = armSpec('lsh', { inputs, classes, hidden, fraction, rate: DEFAULT_RATE });
  const { select } = spec.layers[0] as LayerSpec;
  const plan = planSteps(steps, rehashEvery(select as LshSpec));
  using network = await Network.create(spec, { threads, batchSize });
  const summary = measure(
    new Stepper(network, batchesOf(train, batchSize, plan.warmUp + plan.measured)),
    plan,
  );
  return {
    title: `mlp: ${[inputs, ...hidden, classes].join('-')} on MNIST, lsh ${fractionLabel(fraction)}, batch ${batchSize}`,
    threads: network.threads,
    summary,
    active: `${percent(summary.activeShare)} % of the hidden units`,
  };
}

function measure(stepper: Stepper, plan: StepPlan): StepSummary {
  const { only } = timeSteps({ only: { stepper, plan } });
  return summarizeSteps(only);
}
