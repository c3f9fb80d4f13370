/** Stopping when a measure of validation examples has not improved for some epochs (Prechelt 1998). */
import type { Layer } from '../layers/layer.ts';
import type { Evaluation } from '../evaluation/evaluate.ts';
import type { EarlyStopping } from './fit-options.ts';
import type { Run, Snapshot, StoppingState, Training } from './run.ts';

/** Whether an epoch is better than all before it, which is noted in `state`. One without a number (NaN) never is. */
function isBetter(state: StoppingState, evaluation: Evaluation, options: EarlyStopping): boolean {
  const { metric = 'loss', minDelta = 0 } = options;
  const value =
    typeof metric === 'function'
      ? metric(evaluation)
      : metric === 'loss'
        ? -evaluation.loss
        : evaluation.accuracy;
  if (Number.isFinite(value) && (state.best === undefined || value > state.best + minDelta)) {
    state.best = value;
    state.waited = 0;
    return true;
  }
  state.waited++;
  return false;
}

/**
 * Notes the evaluation of the epoch that ended, the run's last if `last`: keeps the weights of the best epoch if they are
 * to come back, stops the run once nothing better has come for `patience` epochs, and brings the best back at its end.
 */
export function endEpochEarly(
  training: Training,
  run: Run,
  layers: readonly Layer[],
  evaluation: Evaluation,
  options: EarlyStopping,
  last: boolean,
): void {
  const { patience, restoreBest: wanted = false } = options;
  if (isBetter(run.stopping, evaluation, options)) {
    if (wanted) training.best = takeSnapshot(layers);
  } else if (run.stopping.waited >= patience) run.stopped = true;
  if ((run.stopped || last) && training.best) restoreBest(layers, training.best);
}

/** The weights and biases as they are; the optimizer's state is left out. */
function takeSnapshot(layers: readonly Layer[]): Snapshot {
  return Object.fromEntries([...weightArrays(layers)].map(([name, array]) => [name, array.slice()]));
}

/** Brings weights back; hash tables are built anew. */
function restoreBest(layers: readonly Layer[], snapshot: Snapshot): void {
  for (const [name, array] of weightArrays(layers)) array.set(snapshot[name]!);
  for (const { selector } of layers) selector?.rewritten?.();
}

/** The arrays of a snapshot, by name. */
export function* weightArrays(layers: readonly Layer[]): Generator<[string, Float32Array]> {
  for (const [l, { parameters }] of layers.entries()) {
    for (const [part, { values, bias }] of Object.entries(parameters)) {
      yield [`layer${l + 1}.${part}.values`, values];
      if (bias) yield [`layer${l + 1}.${part}.bias`, bias];
    }
  }
}
