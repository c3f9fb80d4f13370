/** Image sets by name: in the package, generated, or from a folder. */
import { datasetByName, type DenseDataset, type Split } from '@hashgrad/datasets';
import type { Config } from '../engine/record.ts';
import type { TaskDefinition } from './task.ts';

/** Which images; plain JSON. */
export type ImagesTask = {
  readonly kind: 'images';
  /** A name that `datasetByName` knows. */
  readonly name: string;
  /** Rows to take or to generate; null for all, of a generated set for 12,000 and 2,000. */
  readonly train: number | null;
  readonly test: number | null;
  /** A folder of IDX files in MNIST's layout; null for the set of the package, or a generated one. */
  readonly folder: string | null;
};

/** Published test sets of generated images have 50,000 rows: evaluating on all of them takes longer than training. */
const GENERATED = { train: 12_000, test: 2_000 };

/** A task of images, whole unless options say otherwise. */
export function images(name: string, options: Partial<Omit<ImagesTask, 'kind' | 'name'>> = {}): ImagesTask {
  return { kind: 'images', name, train: null, test: null, folder: null, ...options };
}

export const imagesTask: TaskDefinition = {
  kind: 'images',
  check(task) {
    const { name, train, test, folder } = task as Partial<ImagesTask>;
    if (typeof name !== 'string')
      throw new TypeError(`task.name is the name of a data set; got ${JSON.stringify(name)}.`);
    for (const [key, rows] of Object.entries({ train, test })) {
      if (rows !== null && !(Number.isInteger(rows) && (rows as number) >= 1)) {
        throw new RangeError(
          `task.${key} is a number of rows, or null for all; got ${JSON.stringify(rows)}.`,
        );
      }
    }
    if (folder !== null && typeof folder !== 'string') {
      throw new TypeError(`task.folder is a folder, or null; got ${JSON.stringify(folder)}.`);
    }
  },
  load: (task: Config): Promise<Split<DenseDataset>> => {
    const { name, train, test, folder } = task as unknown as ImagesTask;
    return datasetByName(name, {
      ...(folder === null && name !== 'mnist-subset' ? GENERATED : {}),
      ...(folder === null ? {} : { folder }),
      ...(train === null ? {} : { train }),
      ...(test === null ? {} : { test }),
    });
  },
};
