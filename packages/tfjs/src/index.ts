export { fromLayersModel, toLayersModel, type FromLayersModelOptions } from './conversion.ts';
export type { Features, HashedFitArgs } from './fit-arguments.ts';
export { HashedDense, hashedDense, type HashedDenseArgs } from './hashed-dense.ts';
export { HashedModel, type HashedEvaluation, type HashedModelParts } from './hashed-model.ts';
export {
  classesByHashing,
  HashedSoftmax,
  hashedSoftmax,
  type HashedSoftmaxOptions,
  type TopK,
} from './hashed-softmax.ts';
export type { LabelsLike } from './rows.ts';
