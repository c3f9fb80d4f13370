/** What a kind of task is, and what data it gives. */
import type { DenseDataset, SparseDataset, Split, VectorSet } from '@hashgrad/datasets';
import type { Config } from '../engine/record.ts';

/** Vectors to search, and queries of the same dimension. */
export interface Corpus extends VectorSet {
  /** One a vector, where the vectors are the weights of a layer's units. */
  readonly bias?: Float32Array;
  /** For each query the vectors that are right answers, where vectors are the labels of a network. */
  readonly right?: readonly Int32Array[];
}

/** Keys with their values, and queries of the keys' dimension. */
export interface KeyValues {
  readonly name: string;
  readonly dimensions: number;
  /** queries x dimensions */
  readonly queries: Float32Array;
  /** keys x dimensions */
  readonly keys: Float32Array;
  /** keys x coordinates of a value */
  readonly values: Float32Array;
}

/** Rows with one label each, or with several, to train on and to test with. */
export type LabelledRows = (Split<DenseDataset> | Split<SparseDataset>) & {
  /** The training rows as they are in an epoch, counted from 1, where that changes them. */
  readonly trainAt?: (epoch: number) => DenseDataset;
};

/** What a task gives. */
export type TaskData = LabelledRows | Corpus | KeyValues;

/** A kind of task. Its config is plain JSON with the field `kind`. */
export interface TaskDefinition {
  readonly kind: string;
  /** Whether its rows are scored on what they were trained with, when tuning too: nothing is held out. Default false. */
  readonly scoresTraining?: boolean;
  /** Refuses a config without reading data. @throws {Error} */
  check?(task: Config): void;
  /** The data, the same at every call. @throws {Error} that names what is missing. */
  load(task: Config): Promise<TaskData> | TaskData;
}
