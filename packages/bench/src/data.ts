/** The data sets that a study can be asked for by name, and image folders in MNIST's layout. */
import { convex, loadIdxFolder, mnistSubset, rectangles, rectanglesImages } from '@hashgrad/datasets';
import type { DenseDataset, Split } from '@hashgrad/datasets';
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';

// As many images as the MNIST subset has, so that a study of any of them takes about as long.
const SIZE = { train: 12_000, test: 2_000, seed: 1 };

/** Data sets that need no files. */
export const DATASETS: Readonly<Record<string, () => Split<DenseDataset> | Promise<Split<DenseDataset>>>> = {
  'mnist-subset': () => mnistSubset(),
  rectangles: () => rectangles(SIZE),
  'rectangles-images': () => rectanglesImages(SIZE),
  convex: () => convex(SIZE),
};

/**
 * Loads a data set.
 *
 * @param name one of {@link DATASETS}; with a folder, what the data set is called in the records.
 * @param folder a folder of IDX files in MNIST's layout, raw or as `.gz`; its name is the data set's, unless `name` is given.
 * @throws Error for a name that is not known, a folder that is missing, or a file that is broken.
 */
export async function loadDataset(name?: string, folder?: string): Promise<Split<DenseDataset>> {
  if (folder !== undefined) {
    const path = resolve(folder);
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw new Error(`There is no folder ${path} to read images from.`);
    }
    return loadIdxFolder(path, { name: name ?? basename(path) });
  }
  const known = Object.keys(DATASETS);
  const load = DATASETS[name ?? 'mnist-subset'];
  if (load === undefined) {
    throw new Error(
      `There is no data set "${name}"; there are ${known.join(', ')}, and any folder of IDX files by --data FOLDER.`,
    );
  }
  return load();
}
