import { checkSeed, checkWhole } from '../check-options.ts';
import { convex } from '../generators/convex.ts';
import { loadIdxFolder } from '../formats/idx-folder.ts';
import type { ImageSetOptions } from '../generators/image-set.ts';
import { mnistSubset } from './mnist.ts';
import { rectanglesImages } from '../generators/rectangles-images.ts';
import { rectangles } from '../generators/rectangles.ts';
import { shuffleRows, takeRows } from '../use/rows.ts';
import type { DenseDataset, Split } from '../types.ts';

/** Where an image set comes from, and how much of it is made. */
export interface ByNameOptions extends ImageSetOptions {
  /** A folder in MNIST's layout to read the set from. */
  readonly folder?: string;
}

interface NamedDataset {
  readonly name: string;
  /** One line. */
  readonly description: string;
  /** Makes the set without any file; a set without this needs a folder. */
  readonly make?: (options: ImageSetOptions) => Split<DenseDataset>;
  /** Loads the set that comes with the package. */
  readonly load?: () => Promise<Split<DenseDataset>>;
}

const DATASETS: readonly NamedDataset[] = [
  {
    name: 'mnist-subset',
    description: 'handwritten digits, 12,000 + 2,000 images of MNIST, in this package',
    load: mnistSubset,
  },
  { name: 'mnist', description: 'handwritten digits, all of MNIST, from a folder' },
  { name: 'fashion-mnist', description: 'pieces of clothing, from a folder' },
  {
    name: 'convex',
    description: 'is the set of pixels convex? generated, or from a folder',
    make: convex,
  },
  {
    name: 'rectangles',
    description: 'is the drawn rectangle higher than wide? generated, or from a folder',
    make: rectangles,
  },
  {
    name: 'rectangles-images',
    description: 'the same, cut from one picture and laid on another; generated, or from a folder',
    make: rectanglesImages,
  },
  { name: 'idx', description: "any images in MNIST's layout, from a folder" },
];

/** The names that {@link datasetByName} takes, each with one line that says what it is. */
export const datasetNames: readonly { readonly name: string; readonly description: string }[] = DATASETS.map(
  ({ name, description }) => ({ name, description }),
);

/**
 * A data set by its name, one of {@link datasetNames}.
 *
 * Generated sets have `train` and `test` rows, by default as many as the published ones. Of a set that has its rows already,
 * `train` and `test` take that many after a shuffle by `seed` (so that all classes come along where rows are sorted); without
 * them it is whole and in its order. With a folder, the set is read from there, except the one in this package.
 *
 * @throws Error for another name, listing the names; for a set that needs a folder without one, or one that takes none with
 *   one; and RangeError for more rows than there are.
 */
export async function datasetByName(name: string, options: ByNameOptions = {}): Promise<Split<DenseDataset>> {
  const known = DATASETS.find((dataset) => dataset.name === name);
  if (known === undefined) {
    throw new Error(
      `There is no data set "${name}"; there are ${DATASETS.map((dataset) => dataset.name).join(', ')}.`,
    );
  }
  const { folder, ...sizes } = options;
  if (known.load) {
    if (folder !== undefined)
      throw new Error(`The data set ${name} takes no folder; for one there is mnist, or idx.`);
    return limited(await known.load(), sizes);
  }
  if (folder !== undefined)
    return limited(await loadIdxFolder(folder, name === 'idx' ? {} : { name }), sizes);
  if (known.make) return known.make(sizes);
  throw new Error(
    `The data set ${name} needs a folder with its four files, such as train-images-idx3-ubyte.gz: it is not in this package.`,
  );
}

function limited(
  split: Split<DenseDataset>,
  { train, test, seed = 1 }: ImageSetOptions,
): Split<DenseDataset> {
  checkSeed(seed);
  const take = (dataset: DenseDataset, rows: number | undefined, part: string): DenseDataset => {
    if (rows === undefined) return dataset;
    checkWhole(rows, `${part} rows of ${split.name}`, 1, dataset.rows);
    return takeRows(shuffleRows(dataset, seed), rows);
  };
  return { ...split, train: take(split.train, train, 'training'), test: take(split.test, test, 'test') };
}
