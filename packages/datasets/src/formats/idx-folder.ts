import { countClasses, idxDataset, resolveScale } from './idx-dataset.ts';
import type { IdxPair, PixelScale } from './idx-dataset.ts';
import { parseIdx } from './idx.ts';
import { requireNodeModule } from '../node.ts';
import type { DenseDataset, Split } from '../types.ts';
import { readBytes } from '../unpack/unpack.ts';

/** How a folder in MNIST's layout (four IDX files) is read. */
export interface IdxFolderOptions {
  /** What the data set is called; by default as the folder is. */
  readonly name?: string;
  /** Number of classes; by default one more than the largest training label. */
  readonly classes?: number;
  /** What pixels are divided by; by default 'auto': 1 where no pixel is above 1, else 255. */
  readonly scale?: PixelScale;
}

/**
 * Reads a folder in MNIST's layout: the four files `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`.
 *
 * Each may be raw or end in `.gz`, may be called `test-` for `t10k-`, may have a dot before `idx`, and may have a prefix, as
 * in `convex_train-images-idx3-ubyte.gz`; of a raw and a packed file the raw one is read. Node only.
 *
 * @throws Error of one line that names the folder and what was looked for, or the file and the byte.
 */
export function loadIdxFolder(folder: string, options: IdxFolderOptions = {}): Split<DenseDataset> {
  const names = list(folder);
  const train = readPair(folder, names, TRAIN);
  const test = readPair(folder, names, TEST);
  const path = requireNodeModule('node:path');
  const name = options.name ?? path.basename(path.resolve(folder));
  const scale = resolveScale(options.scale ?? 'auto', train.images, test.images);
  const classes = options.classes ?? countClasses(train.labels);
  const split = {
    name,
    train: idxDataset(name, train, classes, scale),
    test: idxDataset(name, test, classes, scale),
  };
  if (split.test.columns !== split.train.columns) {
    throw new Error(
      `${test.imagesSource}: expected images of ${split.train.shape?.join(' x ')} pixels at byte 8, as ${train.imagesSource} has, found ${split.test.shape?.join(' x ')}.`,
    );
  }
  return split;
}

interface Part {
  readonly title: string;
  /** The first word of its files' names. */
  readonly words: readonly string[];
}

const TRAIN: Part = { title: 'training', words: ['train'] };
const TEST: Part = { title: 'test', words: ['t10k', 'test'] };

function list(folder: string): string[] {
  const fs = requireNodeModule('node:fs');
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(
      `There is no folder ${folder}: expected one that holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, raw or as .gz.`,
    );
  }
  return fs.readdirSync(folder).toSorted();
}

function readPair(folder: string, names: readonly string[], part: Part): IdxPair {
  const imagesSource = find(folder, names, part, 'images');
  const labelsSource = find(folder, names, part, 'labels');
  return {
    images: parseIdx(readBytes(imagesSource), imagesSource),
    labels: parseIdx(readBytes(labelsSource), labelsSource),
    imagesSource,
    labelsSource,
  };
}

function find(folder: string, names: readonly string[], part: Part, kind: 'images' | 'labels'): string {
  const ending = kind === 'images' ? 'idx3-ubyte' : 'idx1-ubyte';
  const pattern = new RegExp(`^(?:.*[-_.])?(?:${part.words.join('|')})-${kind}[-.]${ending}(?:\\.gz)?$`);
  const found = names.filter((name) => pattern.test(name));
  const bare = new Set(found.map((name) => name.replace(/\.gz$/, '')));
  if (bare.size > 1) {
    throw new Error(`Which are the ${part.title} ${kind} in ${folder}? There are ${found.join(', ')}.`);
  }
  // Sorted, so that the raw file comes before the same with .gz.
  const [name] = found;
  if (name === undefined) {
    const usual = part.words.map((word) => `${word}-${kind}-${ending}`).join(' or ');
    throw new Error(
      `There are no ${part.title} ${kind} in ${folder}: expected a file ${usual}, raw or as .gz, with or without a prefix as in convex_${part.words.at(-1)}-${kind}-${ending}.gz.`,
    );
  }
  return requireNodeModule('node:path').join(folder, name);
}
