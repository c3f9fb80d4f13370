/** What a kind of task is, and what data it gives. */
import type { DenseDataset, SparseDataset, Split } from '@hashgrad/datasets';
import type { Config } from '../engine/record.ts';

/** Vectors to search, and queries of the same dimension. */
export interface Corpus {
  readonly name: string;
  readonly dimensions: number;
  /** vectors x dimensions */
  readonly vectors: Float32Array;
  /** queries x dimensions */
  readonly queries: Float32Array;
  /** One a vector, where the vectors are the weights of a layer's units. */
  readonly bias?: Float32Array;
}

/** Rows with one label each, or with several, to train on and to test with. */
export type LabelledRows = Split<DenseDataset> | Split<SparseDataset>;

/** What a task gives. */
export type TaskData = LabelledRows | Corpus;

/** A kind of task. Its config is plain JSON with the field `kind`. */
export interface TaskDefinition {
  readonly kind: string;
  /** Refuses a config without reading data. @throws {Error} */
  check?(task: Config): void;
  /** The data, the same at every call. @throws {Error} that names what is missing. */
  load(task: Config): Promise<TaskData> | TaskData;
}
