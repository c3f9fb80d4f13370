/** Stopping when a measure of validation examples has not improved for some epochs (Prechelt 1998). */
import type { Layer } from '../layers/layer.ts';
import { firstNotFinite, weightArrays } from '../layers/weight-arrays.ts';
import type { Evaluation } from '../evaluation/evaluate-options.ts';
import type { Passes } from '../passes/passes.ts';
import type { SelectorState } from '../selectors/selector.ts';
import type { EarlyStopping, FitOptions } from './fit-options.ts';
import type { Run, Snapshot, StoppingState, Training } from './run.ts';

/** Refuses a measure by which this network cannot be stopped. @throws {RangeError} saying what to take instead. */
export function checkMetric(
  { layers, loss }: Passes,
  { earlyStopping, validation }: Pick<FitOptions, 'earlyStopping' | 'validation'>,
): void {
  if (!earlyStopping) return;
  const { metric = 'loss' } = earlyStopping;
  if (metric === 'accuracy' && loss.kind === 'linear') {
    throw new RangeError(
      "earlyStopping: a linear output has no 'accuracy'; take 'loss', or ({ determination }) => determination.",
    );
  }
  if (metric === 'loss' && validation?.pass === 'sparse' && layers.at(-1)!.selector) {
    throw new RangeError(
      "earlyStopping: the 'loss' of a sparse pass leaves out the labels that were not active, so that it is lowest where none " +
        "is found. Take another metric, such as 'accuracy', or validate with the pass 'full'.",
    );
  }
}

/** How good an epoch was, the higher the better. @throws {Error} if that is no finite number. */
function valueOf(metric: EarlyStopping['metric'], evaluation: Evaluation, epoch: number): number {
  const value: unknown =
    typeof metric === 'function'
      ? metric(evaluation)
      : metric === 'accuracy'
        ? evaluation.accuracy
        : -evaluation.loss;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const name = typeof metric === 'function' ? 'The metric' : `The metric '${metric ?? 'loss'}'`;
  throw new Error(
    `${name} of earlyStopping gave ${String(value)} after epoch ${epoch}; it has to be a finite number.`,
  );
}

/** Whether an epoch is better than all before it, which is noted in `state`. */
function isBetter(state: StoppingState, value: number, minDelta: number): boolean {
  if (state.best === undefined || value > state.best + minDelta) {
    state.best = value;
    state.waited = 0;
    return true;
  }
  state.waited++;
  return false;
}

/**
 * Notes the evaluation of the epoch that ended: keeps its weights if it is the best and they are to come back, and stops the
 * run once nothing better has come for `patience` epochs.
 * @throws {Error} if the metric is no finite number; nothing was noted then.
 */
export function noteEpoch(
  training: Training,
  run: Run,
  layers: readonly Layer[],
  evaluation: Evaluation,
  options: EarlyStopping,
): void {
  const { patience, metric, minDelta = 0, restoreBest = false } = options;
  const value = valueOf(metric, evaluation, run.epoch);
  if (isBetter(run.stopping, value, minDelta)) {
    if (restoreBest) training.best = takeSnapshot(layers);
  } else if (run.stopping.waited >= patience) run.stopped = true;
}

/**
 * Brings the weights of the best epoch back, if there are any, and keeps those that training ended with, for `resume`. The
 * optimizer's state stays.
 */
export function bringBestBack(training: Training, { layers, counts }: Passes): void {
  const { best } = training;
  if (!best) return;
  const selectors = layers.map(({ selector }) => copyOf(selector?.state?.()));
  exchange(layers, best);
  counts.paused(() => {
    for (const { selector } of layers) selector?.rewritten?.();
  });
  training.best = undefined;
  // Nobody goes on from weights that are ruined.
  const ruined = Object.values(best).some((array) => firstNotFinite(array) !== undefined);
  training.latest = ruined ? undefined : { weights: best, selectors };
}

/** Goes back to where training ended, if the best weights took its place. */
export function bringLatestBack(training: Training, { layers, counts }: Passes): void {
  const { latest } = training;
  if (!latest) return;
  exchange(layers, latest.weights);
  counts.paused(() => {
    for (const [l, { selector }] of layers.entries()) {
      const state = latest.selectors[l];
      if (state) selector?.restore?.(state);
      else selector?.rewritten?.();
    }
  });
  training.best = latest.weights;
  training.latest = undefined;
}

/** A state is of views of the network's memory. */
function copyOf(state: SelectorState | undefined): SelectorState | undefined {
  if (!state) return undefined;
  const arrays = Object.entries(state.arrays ?? {}).map(([name, array]) => [name, array.slice()] as const);
  return { arrays: Object.fromEntries(arrays), values: structuredClone(state.values ?? {}) };
}

/** The weights and biases as they are; the optimizer's state is left out. */
function takeSnapshot(layers: readonly Layer[]): Snapshot {
  return Object.fromEntries([...weightArrays(layers)].map(([name, array]) => [name, array.slice()]));
}

/** Exchanges the weights with those of a snapshot: large networks are kept twice, not three times. */
function exchange(layers: readonly Layer[], snapshot: Snapshot): void {
  for (const [name, array] of weightArrays(layers)) {
    const now = array.slice();
    array.set(snapshot[name]!);
    snapshot[name]!.set(now);
  }
  for (const layer of layers) layer.reindex?.();
}
