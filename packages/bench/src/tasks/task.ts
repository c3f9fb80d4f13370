/** What a kind of task is. */
import type { DenseDataset, Split } from '@hashgrad/datasets';
import type { Config } from '../engine/record.ts';

/** A kind of task. Its config is plain JSON with the field `kind`. */
export interface TaskDefinition {
  readonly kind: string;
  /** Refuses a config without reading data. @throws {Error} */
  check?(task: Config): void;
  /** The data, the same at every call. @throws {Error} that names what is missing. */
  load(task: Config): Promise<Split<DenseDataset>> | Split<DenseDataset>;
}
