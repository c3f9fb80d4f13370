/** CIFAR-10 and CIFAR-100 (Krizhevsky 2009) in their binary form. */
import { checkOptions, type Known } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import { checkNumber } from '../check-options.ts';
import type { DenseDataset, Split } from '../types.ts';
import { findFile, openFiles, PACKED_ENDS, type FileSet } from '../unpack/files.ts';
import { joined } from '../unpack/joined.ts';
import { foreignKind } from '../unpack/packing.ts';
import { FOLDER_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { basename } from './base-name.ts';
import type { FileOptions } from './file-options.ts';
import { scaled } from './idx-dataset.ts';

/** Colours, height and width of an image: all red values come first. */
const SHAPE = [3, 32, 32];
const PIXELS = 3 * 32 * 32;

/** How records of CIFAR are read. */
export interface CifarOptions extends FileOptions {
  /** Which labels: 10 classes; or CIFAR-100's 100 'fine' or 20 'coarse' ones, of which each image has both. */
  readonly labels?: 'ten' | 'fine' | 'coarse';
  /** What pixels are divided by; 255 by default. */
  readonly scale?: number;
}

const CLASSES = { ten: 10, fine: 100, coarse: 20 } as const;

/** All of them, but for those of reading a file. */
const OPTIONS: Known<CifarOptions> = {
  labels: true,
  scale: true,
  name: true,
  source: true,
};

/**
 * Reads CIFAR's records: a label's byte (two for CIFAR-100, the coarse one first), then 3,072 bytes of pixels.
 *
 * @param bytes Not packed.
 * @throws Error saying at which byte what was expected and found: no whole number of records, or a label that is none.
 */
export function parseCifar(bytes: Uint8Array, options: CifarOptions = {}): DenseDataset {
  checkOptions('parseCifar', options, OPTIONS);
  const { labels: kind = 'ten', source = 'CIFAR data', name = 'cifar', scale = 255 } = options;
  const classes = CLASSES[kind];
  if (classes === undefined)
    throw new RangeError(`labels are 'ten', 'fine' or 'coarse'; got ${String(kind)}.`);
  checkNumber(scale, 'scale', Number.MIN_VALUE, Number.MAX_VALUE);
  const before = kind === 'ten' ? 1 : 2;
  const rows = Math.floor(bytes.length / (before + PIXELS));
  if (rows === 0 || rows * (before + PIXELS) !== bytes.length) {
    const foreign = foreignKind(bytes.subarray(0, 512));
    throw complaint(
      source,
      `expected records of ${before + PIXELS} bytes, found ${foreign ?? `${bytes.length} bytes, which is ${rows} of them and a rest`}.`,
    );
  }
  const pixels = new Uint8Array(rows * PIXELS);
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = row * (before + PIXELS);
    const place = kind === 'fine' ? at + 1 : at;
    labels[row] = bytes[place]!;
    if (labels[row]! >= classes) {
      throw complaint(
        source,
        `byte ${place}: expected a label from 0 to ${classes - 1}, found ${labels[row]}.`,
      );
    }
    pixels.set(bytes.subarray(at + before, at + before + PIXELS), row * PIXELS);
  }
  return { name, rows, columns: PIXELS, classes, inputs: scaled(pixels, scale), labels, shape: SHAPE };
}

/**
 * Reads CIFAR-10 or CIFAR-100 from the folder of its binary version, or its zip or tar archive: `data_batch_1.bin` to
 * `data_batch_5.bin` and `test_batch.bin`, or `train.bin` and `test.bin`. Node only.
 *
 * @param options Of CIFAR-100 the labels are 'fine' unless they are said to be 'coarse'.
 * @throws Error naming the folder and what was looked for, or the file and the byte.
 */
export async function loadCifar(
  folder: string,
  options: Omit<CifarOptions, 'source'> & Omit<ReadOptions, 'source' | 'entry'> = {},
): Promise<Split<DenseDataset>> {
  checkOptions('loadCifar', options, { ...FOLDER_OPTIONS, ...OPTIONS });
  const files = await openFiles(folder, options);
  const { name = basename(folder), scale = 255, labels } = options;
  const hundred = named(files, 'train');
  const kind = labels ?? (hundred === undefined ? 'ten' : 'fine');
  const trainFiles =
    hundred !== undefined ? [hundred] : [1, 2, 3, 4, 5].map((i) => named(files, `data_batch_${i}`));
  const testFile = named(files, hundred !== undefined ? 'test' : 'test_batch');
  const missing = trainFiles.indexOf(undefined);
  if (missing >= 0 || testFile === undefined) {
    throw complaint(
      files.source,
      `there is no ${missing >= 0 ? `data_batch_${missing + 1}.bin` : 'file of the test images'}: expected data_batch_1.bin to 5 and test_batch.bin, or train.bin and test.bin.`,
    );
  }
  const read = async (list: readonly string[]): Promise<DenseDataset> => {
    const parts: Uint8Array[] = [];
    for (const file of list) parts.push(await files.read(file, options));
    const source = files.path(list[0]!);
    return parseCifar(parts.length === 1 ? parts[0]! : joined(parts), { name, scale, labels: kind, source });
  };
  return { name, train: await read(trainFiles as string[]), test: await read([testFile]) };
}

function named(files: FileSet, name: string): string | undefined {
  return findFile(files, `${name}.bin`, new RegExp(`^${name}\\.bin${PACKED_ENDS}$`));
}
