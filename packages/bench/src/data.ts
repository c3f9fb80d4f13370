/** The data set that the command line asks for. */
import { datasetByName, datasetNames } from '@hashgrad/datasets';
import type { DenseDataset, Split } from '@hashgrad/datasets';
import type { Command } from 'commander';
import { parseCount } from './options.ts';

/** What the command line says about the data set. */
export interface DataOptions {
  /** A name that `datasetByName` knows. By default the MNIST subset, or `idx` where a folder is given. */
  readonly dataset?: string;
  /** A folder of IDX files in MNIST's layout. */
  readonly data?: string;
  /** Rows to take or to generate; by default all of them, or of a generated set as many as the MNIST subset has. */
  readonly train?: number;
  readonly test?: number;
}

/** Adds the options that {@link DataOptions} come from. */
export function addDataOptions(command: Command): Command {
  return command
    .option(
      '--dataset <name>',
      `data set: ${datasetNames.map(({ name }) => name).join(', ')} (default: mnist-subset, or idx with --data)`,
    )
    .option('--data <folder>', 'folder to read the data set from: IDX files in MNIST’s layout, raw or .gz')
    .option('--train <n>', 'training samples (default: all; 12000 where they are generated)', parseCount)
    .option('--test <n>', 'test samples (default: all; 2000 where they are generated)', parseCount);
}

/** Published test sets of generated images have 50,000 rows: evaluating on all of them would take longer than training. */
const GENERATED = { train: 12_000, test: 2_000 };

/**
 * Loads or generates a data set.
 *
 * @throws Error of one line for an unknown name, a missing folder, or a file that is broken.
 */
export async function loadDataset({ dataset, data, train, test }: DataOptions): Promise<Split<DenseDataset>> {
  const name = dataset ?? (data === undefined ? 'mnist-subset' : 'idx');
  const generated = data === undefined && name !== 'mnist-subset' ? GENERATED : {};
  return datasetByName(name, {
    ...generated,
    ...(data === undefined ? {} : { folder: data }),
    ...(train === undefined ? {} : { train }),
    ...(test === undefined ? {} : { test }),
  });
}
