/** What a network with pinned bits is, and the made-up examples that it learns. */
import type { DenseExamples, Examples, LshSpec, NetworkSpec, SparseExamples } from '../../src/index.ts';
import { bags, blobs, withLabelSets } from '../data.ts';

export interface GoldenNetwork {
  readonly name: string;
  /** What it is there for. */
  readonly covers: string;
  readonly spec: NetworkSpec;
  readonly examples: Examples;
  /** Whether it can be frozen. Default true. */
  readonly freezes?: boolean;
  /** Tables of its frozen forms, where they are not those of its last layer. */
  readonly frozenTables?: LshSpec;
  /** Whether its digests are made on two threads, too: one network for each way of sharing work. */
  readonly twoThreads?: boolean;
}

export const dense: DenseExamples = blobs({ rows: 75, columns: 37, classes: 10 });
export const sparse: SparseExamples = bags({ rows: 75, columns: 120, classes: 90, mostLabels: 3 });
/** The dense inputs with several labels each, some with none. */
export const sets: Examples = withLabelSets(dense, 30, 3);
