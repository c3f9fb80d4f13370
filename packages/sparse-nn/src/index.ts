export type { AlwaysRead, Attention, AttentionOptions } from './attention/attention.ts';
export { exactAttention } from './attention/exact-attention.ts';
export { sampleAttention, type SampleAttentionOptions } from './attention/sample-attention.ts';
export { topKAttention, type TopKAttentionOptions } from './attention/top-k-attention.ts';
export { uniformAttention, type UniformAttentionOptions } from './attention/uniform-attention.ts';
export type { HiddenActivation } from './layers/activation.ts';
export type { ExamplePieces, ExampleStream } from './examples/example-stream.ts';
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
} from './examples/examples.ts';
export type { SampleWeights } from './examples/sample-weights.ts';
export { splitExamples } from './examples/split.ts';
export {
  toExamples,
  type AnswersOf,
  type NamedClasses,
  type RawExamples,
  type RawLabel,
  type RawMatrix,
} from './examples/to-examples.ts';
export {
  COST_WEIGHTS,
  OPERATIONS,
  PARTS,
  type Operation,
  type Part,
  type WorkCounts,
  workOf,
} from './layers/counts.ts';
export { averagePrecision, rocAuc } from './evaluation/binary-metrics.ts';
export { balancedClassWeights } from './evaluation/class-weights.ts';
export type { UnitChoice } from './evaluation/choices.ts';
export { confusionMatrix, type ConfusionMatrix } from './evaluation/confusion-matrix.ts';
export type { DiagnosticsOptions, LayerDiagnostics } from './evaluation/diagnostics.ts';
export type { EvaluateOptions, Evaluation } from './evaluation/evaluate-options.ts';
export type {
  CheckpointOptions,
  EarlyStopping,
  EpochReport,
  FitOptions,
  History,
  Metric,
  Spent,
  StepReport,
  TrainingEvaluation,
  Validation,
  WindowOptions,
} from './training/fit-options.ts';
export {
  classMetrics,
  labelMetrics,
  type LabelMetrics,
  type PrecisionRecall,
  type Threshold,
} from './evaluation/label-metrics.ts';
export {
  bestThreshold,
  bestThresholds,
  type BestThreshold,
  type BestThresholds,
} from './evaluation/thresholds.ts';
export type { Fit } from './training/fit.ts';
export type { OnWarning } from './training/warnings.ts';
export { DivergenceError } from './training/divergence.ts';
export type { SelectorGoal, TunedSelector } from './evaluation/tune-selector.ts';
export type { BegunStep, StepResult } from './training/step.ts';
export type { FreezeOptions } from './inference/freeze.ts';
export type { FrozenLayerModel, FrozenModel, WeightsFormat } from './inference/frozen-model.ts';
export { FrozenNetwork, type FrozenOptions } from './inference/frozen-network.ts';
export type { FrozenTables } from './inference/frozen-tables.ts';
export type { FrozenSignatures, SignatureGoal, SignatureOptions } from './inference/frozen-signatures.ts';
export { Network } from './network.ts';
export type {
  LoadOptions,
  MemoryOptions,
  NetworkOptions,
  RuntimeOptions,
  UseOptions,
} from './network-options.ts';
export { StandaloneLayer, type LayerPass, type StandaloneLayerOptions } from './standalone-layer.ts';
export { adagrad, type AdagradSpec } from './optimizers/adagrad.ts';
export { adam, type AdamSpec } from './optimizers/adam.ts';
export type { Skipped, StepOptions } from './optimizers/definition.ts';
export { momentum, type MomentumSpec } from './optimizers/momentum.ts';
export { optimizerCost, type OptimizerSpec, rateAt } from './optimizers/optimizers.ts';
export { sgd, type SgdSpec } from './optimizers/sgd.ts';
export type { LayerTraining } from './optimizers/layer-training.ts';
export type { UpdateMode } from './spec/update-mode.ts';
export type { PassKind } from './passes/passes.ts';
export type { Abortable, AsyncOptions } from './passes/abort.ts';
export type { PredictOptions } from './inference/predict.ts';
export type { Predictions } from './inference/predictions.ts';
export type { Labelled, Rankings } from './evaluation/labelled.ts';
export {
  rankingMetrics,
  type AtK,
  type RankingMetrics,
  type RankingOptions,
} from './evaluation/ranking-metrics.ts';
export {
  rehashDecay,
  rehashNever,
  rehashOnChange,
  rehashSamples,
  type RehashDecaySpec,
  type RehashNeverSpec,
  type RehashOnChangeSpec,
  type RehashSamplesSpec,
  type RehashSpec,
} from './selectors/hashed/rehash-schedule.ts';
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
} from './optimizers/schedules.ts';
export { adaptiveDropout, type AdaptiveDropoutSpec } from './selectors/hidden/adaptive-dropout.ts';
export {
  balanceByBias,
  balanceByBoosting,
  balanceByLoss,
  type BalanceByBiasSpec,
  type BalanceByBoostingSpec,
  type BalanceByLossSpec,
  type BalanceSpec,
} from './selectors/balance-spec.ts';
export { clusters, type ClustersSpec } from './selectors/hashed/clusters.ts';
export { frequency, type FrequencySpec } from './selectors/sampled/frequency.ts';
export { inBatch, type InBatchSpec } from './selectors/sampled/in-batch.ts';
export { kernelSampling, type KernelSamplingSpec } from './selectors/sampled/kernel-sampling.ts';
export type {
  FourierKernelSpec,
  QuadraticKernelSpec,
  SamplingKernelSpec,
} from './selectors/sampled/sampling-kernels.ts';
export { logUniform, type LogUniformSpec } from './selectors/sampled/log-uniform.ts';
export { lowRank, type LowRankSpec } from './selectors/hidden/low-rank.ts';
export type { HashingOptions } from './selectors/hashed/hashing-options.ts';
export type { LessonsSpec } from './selectors/hashed/lessons.ts';
export { lsh, type LshSpec } from './selectors/hashed/lsh.ts';
export { mostActive, type MostActiveSpec } from './selectors/hidden/most-active.ts';
export { noisyTopK, type NoisyTopKSpec } from './selectors/hidden/noisy-top-k.ts';
export { persistent, type PersistentSpec } from './selectors/hashed/persistent.ts';
export { blocks, type BlocksSpec } from './selectors/routed/blocks.ts';
export { productKeys, type ProductKeysSpec } from './selectors/routed/product-keys.ts';
export { router, type RouterSpec } from './selectors/router.ts';
export { fixed, random, type FixedSpec, type RandomSpec } from './selectors/hidden/random.ts';
export { retrieve, type RetrieveSpec } from './selectors/sampled/retrieve.ts';
export { signatures, type SignaturesSpec } from './selectors/hashed/signatures.ts';
export { topK, type TopKSpec } from './selectors/hidden/top-k.ts';
export type {
  ActiveSize,
  GateGradients,
  InferenceTables,
  Labels,
  Lookup,
  Padding,
  Selection,
  Selector,
  SelectorCapabilities,
  SelectorContext,
  SelectorDefinition,
  SelectorSpec,
  SelectorState,
  StateArray,
} from './selectors/selector.ts';
export { all, registerSelector, type AllSpec } from './selectors/selectors.ts';
export type { ActiveUnits, DenseActivations, Activations, SparseActivations } from './layers/activations.ts';
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
} from './spec/spec.ts';
export { sparseConnections, type SparseConnectionsSpec } from './spec/sparse-connections.ts';
export type { UnitWeights } from './layers/unit-weights.ts';
export {
  exportSafetensors,
  importSafetensors,
  type LayerTensors,
  type TensorNames,
} from './interchange/safetensors.ts';
export type { LinearOptions, LossSpec, SigmoidOptions, SoftmaxOptions } from './spec/loss-options.ts';
export type { LayerWeights, Weights } from './layers/weights.ts';
