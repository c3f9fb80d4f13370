export type { HiddenActivation } from './activation.ts';
export {
  nonZerosOf,
  type ClassLabels,
  type DenseExamples,
  type DenseInputs,
  type Examples,
  type Inputs,
  type LabelSets,
  type SparseExamples,
  type SparseInputs,
  type Targets,
} from './data.ts';
export { PARTS, type Part } from './counts.ts';
export type { DiagnosticsOptions, LayerDiagnostics } from './diagnostics.ts';
export type { EvaluateOptions, Evaluation, PassKind } from './evaluate.ts';
export type {
  CheckpointOptions,
  EarlyStopping,
  EpochReport,
  FitOptions,
  Metric,
  StepReport,
  Validation,
} from './fit-options.ts';
export type { FreezeOptions } from './freeze.ts';
export type { FrozenLayerModel, FrozenModel, WeightsFormat } from './frozen-model.ts';
export { FrozenNetwork, type FrozenOptions } from './frozen-network.ts';
export type { FrozenTables } from './frozen-tables.ts';
export { Network, type LoadOptions, type NetworkOptions } from './network.ts';
export {
  adagrad,
  adam,
  momentum,
  rateAt,
  sgd,
  type AdagradSpec,
  type AdamSpec,
  type MomentumSpec,
  type OptimizerSpec,
  type SgdSpec,
  type Skipped,
  type StepOptions,
} from './optimizers.ts';
export type { Order } from './order.ts';
export type { PredictOptions } from './predict.ts';
export type { Predictions } from './predictions.ts';
export {
  propensities,
  rankingMetrics,
  type AtK,
  type RankingMetrics,
  type RankingOptions,
  type Rankings,
} from './ranking-metrics.ts';
export {
  rehashDecay,
  rehashNever,
  rehashOnChange,
  type RehashDecaySpec,
  type RehashNeverSpec,
  type RehashOnChangeSpec,
  type RehashSpec,
} from './rehash.ts';
export {
  constant,
  cosineDecay,
  exponentialDecay,
  stepDecay,
  warmUp,
  type ConstantSpec,
  type CosineDecaySpec,
  type ExponentialDecaySpec,
  type ScheduleSpec,
  type StepDecaySpec,
  type WarmUpSpec,
} from './schedules.ts';
export { adaptiveDropout, type AdaptiveDropoutSpec } from './select-adaptive-dropout.ts';
export { frequency, type FrequencySpec } from './select-frequency.ts';
export { inBatch, type InBatchSpec } from './select-in-batch.ts';
export { logUniform, type LogUniformSpec } from './select-log-uniform.ts';
export { lowRank, type LowRankSpec } from './select-low-rank.ts';
export { lsh, type LshSpec } from './select-lsh.ts';
export { mostActive, type MostActiveSpec } from './select-most-active.ts';
export { persistent, type PersistentSpec } from './select-persistent.ts';
export { fixed, random, type FixedSpec, type RandomSpec } from './select-random.ts';
export { signatures, type SignaturesSpec } from './select-signatures.ts';
export { topK, type TopKSpec } from './select-top-k.ts';
export type {
  ActiveSize,
  Labels,
  Selection,
  Selector,
  SelectorContext,
  SelectorDefinition,
  SelectorSpec,
  SelectorState,
  StateArray,
} from './selector.ts';
export { all, registerSelector, type AllSpec } from './selectors.ts';
export type { ActiveUnits, DenseSignal, Signal, SparseSignal } from './signal.ts';
export {
  hidden,
  linearOutput,
  network,
  sigmoidOutput,
  softmax,
  type HiddenOptions,
  type LayerSpec,
  type LossKind,
  type NetworkSpec,
  type TrainingOptions,
} from './spec.ts';
export type { LayerWeights, Weights } from './weights.ts';
