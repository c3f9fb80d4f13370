import { checkOptions, type Known } from '../check-options.ts';
import { basename } from './base-name.ts';
import { complaint } from '../complaint.ts';
import type { DenseDataset, Split } from '../types.ts';
import { findFile, openFiles, PACKED_ENDS, type FileSet } from '../unpack/files.ts';
import { FOLDER_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { countClasses, idxDataset, resolveScale } from './idx-dataset.ts';
import type { IdxPair, PixelScale } from './idx-dataset.ts';
import { parseIdx } from './idx.ts';

/** How a folder in MNIST's layout (four IDX files) is read. */
export interface IdxFolderOptions extends Omit<ReadOptions, 'source' | 'entry'> {
  /** What the data set is called; by default as the folder is. */
  readonly name?: string;
  /** How the names of the files begin, where a folder holds several sets: 'emnist-letters-', say. */
  readonly prefix?: string;
  /** Number of classes; by default one more than the largest training label. */
  readonly classes?: number;
  /** What pixels are divided by; by default 'auto': 1 where no pixel is above 1, else 255. */
  readonly scale?: PixelScale;
}

/** Those of reading files, too. */
const OPTIONS: Known<IdxFolderOptions> = {
  ...FOLDER_OPTIONS,
  name: true,
  prefix: true,
  classes: true,
  scale: true,
};

/**
 * Reads a folder in MNIST's layout: the four files `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`.
 *
 * Each may be packed and end in `.gz`, `.br`, `.bz2`, `.xz` or `.zst`, may be called `test-` for `t10k-`, may have a dot before
 * `idx`, may lie in a folder of its own, and may have a prefix, as in `convex_train-images-idx3-ubyte.gz`; of a raw and a packed
 * file the raw one is read. Labels may be QMNIST's (`idx2-int`), of which the first of each row is the class. An archive of
 * such files (zip or tar) is read as a folder is. Node only.
 *
 * EMNIST's images are stored with rows and columns exchanged, and its letters are labelled from 1, so that class 0 is empty.
 *
 * @param folder The path of a folder or an archive.
 * @throws Error of one line that names the folder and what was looked for, or the file and the byte.
 */
export async function loadIdxFolder(
  folder: string,
  options: IdxFolderOptions = {},
): Promise<Split<DenseDataset>> {
  checkOptions('loadIdxFolder', options, OPTIONS);
  const files = await openFiles(folder, options);
  const train = await readPair(files, TRAIN, options);
  const test = await readPair(files, TEST, options);
  const name = options.name ?? basename(folder);
  const scale = resolveScale(options.scale ?? 'auto', train.images, test.images);
  const classes = options.classes ?? countClasses(train.labels);
  const split = {
    name,
    train: idxDataset(name, train, classes, scale),
    test: idxDataset(name, test, classes, scale),
  };
  if (split.test.columns !== split.train.columns) {
    throw complaint(
      test.imagesSource,
      `byte 8: expected images of ${split.train.shape?.join(' x ')} pixels, as the training images are, found ${split.test.shape?.join(' x ')}.`,
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

async function readPair(files: FileSet, part: Part, options: IdxFolderOptions): Promise<IdxPair> {
  const images = find(files, part, 'images', options.prefix);
  const labels = find(files, part, 'labels', options.prefix);
  const [imagesSource, labelsSource] = [files.path(images), files.path(labels)];
  return {
    images: parseIdx(await files.read(images, options), imagesSource),
    labels: parseIdx(await files.read(labels, options), labelsSource),
    imagesSource,
    labelsSource,
  };
}

function find(files: FileSet, part: Part, kind: 'images' | 'labels', prefix: string | undefined): string {
  const before = prefix === undefined ? '(?:.*[-_.])?' : prefix.replace(/[^\w-]/g, '\\$&');
  const ending = kind === 'images' ? 'idx3-ubyte' : '(?:idx1-ubyte|idx2-int)';
  const pattern = new RegExp(`^${before}(?:${part.words.join('|')})-${kind}[-.]${ending}${PACKED_ENDS}$`);
  const found = findFile(files, `the ${part.title} ${kind}`, pattern, ': say prefix');
  if (found !== undefined) return found;
  const usual = part.words
    .map((word) => `${prefix ?? ''}${word}-${kind}-${kind === 'images' ? 'idx3' : 'idx1'}-ubyte`)
    .join(' or ');
  throw complaint(
    files.source,
    `there are no ${part.title} ${kind}: expected a file ${usual}, raw or as .gz.`,
  );
}
