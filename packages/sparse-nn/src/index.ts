export { nonZerosOf, type DenseExamples, type Examples, type SparseExamples } from './data.ts';
export { PARTS, type Part } from './counts.ts';
export {
  Network,
  type EpochReport,
  type EvaluateOptions,
  type Evaluation,
  type FitOptions,
  type NetworkOptions,
} from './network.ts';
export {
  adam,
  momentum,
  sgd,
  type AdamSpec,
  type MomentumSpec,
  type OptimizerSpec,
  type SgdSpec,
} from './optimizers.ts';
export { lsh, type LshSpec } from './select-lsh.ts';
export { fixed, random, type FixedSpec, type RandomSpec } from './select-random.ts';
export { topK, type TopKSpec } from './select-top-k.ts';
export type {
  ActiveSize,
  Labels,
  Selection,
  Selector,
  SelectorContext,
  SelectorDefinition,
  SelectorSpec,
} from './selector.ts';
export { all, registerSelector, type AllSpec } from './selectors.ts';
export type { DenseSignal, Signal, SparseSignal } from './signal.ts';
export { hidden, network, softmax, type LayerSpec, type NetworkSpec } from './spec.ts';
export type { LayerWeights, Weights } from './weights.ts';
