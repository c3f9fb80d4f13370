/** Small NORB (LeCun, Huang, Bottou, CVPR 2004): pairs of pictures of toys, in its own binary format. */
import { checkOptions, type Known } from '../check-options.ts';
import { complaint, hex } from '../complaint.ts';
import { checkWhole } from '../check-options.ts';
import type { DenseDataset, Split } from '../types.ts';
import { findFile, openFiles, PACKED_ENDS, type FileSet } from '../unpack/files.ts';
import { foreignKind } from '../unpack/packing.ts';
import { FOLDER_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { basename } from './base-name.ts';
import type { FileOptions } from './file-options.ts';
import { sizeOf, type Numbers, type ShapedArray } from './shaped-array.ts';

/** Types of elements, by the first byte of the magic (the others are 4c 3d 1e). */
const TYPES: Readonly<Record<number, { new (length: number): Numbers; readonly BYTES_PER_ELEMENT: number }>> =
  {
    0x51: Float32Array,
    0x53: Float64Array,
    0x54: Int32Array,
    0x55: Uint8Array,
    0x56: Int16Array,
  };

/**
 * Reads NORB's format of one array: a magic, the number of dimensions, three sizes at least, and the elements, all
 * little-endian.
 *
 * @param bytes The whole file, not packed.
 * @param source What error messages call the data: a path, say.
 * @throws Error saying at which byte what was expected and found: another magic, no sizes, too few bytes or too many.
 */
export function parseNorb(bytes: Uint8Array, source: string = 'NORB data'): ShapedArray {
  const type = TYPES[bytes[0] ?? 0];
  if (
    type === undefined ||
    bytes[1] !== 0x4c ||
    bytes[2] !== 0x3d ||
    bytes[3] !== 0x1e ||
    bytes.length < 20
  ) {
    const found = foreignKind(bytes) ?? (bytes.length === 0 ? 'no data' : hex(bytes.subarray(0, 4)));
    throw complaint(
      source,
      `byte 0: expected a magic of NORB (55 4c 3d 1e for bytes) and sizes, found ${found}.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const dimensions = view.getInt32(4, true);
  if (dimensions < 1 || dimensions > 16) {
    throw complaint(source, `byte 4: expected a number of dimensions from 1 to 16, found ${dimensions}.`);
  }
  // Three sizes are there at least, however few dimensions.
  const start = 8 + 4 * Math.max(3, dimensions);
  if (bytes.length < start)
    throw complaint(source, `expected ${start} bytes of header, found ${bytes.length} in all.`);
  const shape = Array.from({ length: dimensions }, (_, d) => view.getInt32(8 + 4 * d, true));
  const wrong = shape.find((size) => size < 1);
  if (wrong !== undefined) throw complaint(source, `byte 8: expected sizes from 1 up, found ${wrong}.`);
  const expected = start + sizeOf(shape) * type.BYTES_PER_ELEMENT;
  if (bytes.length !== expected) {
    throw complaint(
      source,
      `expected ${expected} bytes (${start} of header and ${shape.slice(0, 4).join(' x ')}), found ${bytes.length}.`,
    );
  }
  const data = new type(sizeOf(shape));
  new Uint8Array(data.buffer).set(bytes.subarray(start));
  return { shape, data };
}

/** How small NORB is read. */
export interface SmallNorbOptions extends Omit<FileOptions, 'source'>, Omit<ReadOptions, 'source' | 'entry'> {
  /** Each pixel is the mean of a square of this side, a divisor of 96; 1 by default. 3 gives 32 x 32 pixels. */
  readonly shrink?: number;
}

/** Those of reading files, too. */
const OPTIONS: Known<SmallNorbOptions> = { ...FOLDER_OPTIONS, shrink: true, name: true };

/**
 * Reads small NORB from the folder of its files, packed or not, or their zip archive: 24,300 training and 24,300 test pairs of
 * pictures of 96 x 96 grey pixels, divided by 255, and five classes. Training images take 1.8 GB unless they are shrunk. Node
 * only.
 *
 * @throws Error naming the folder and what was looked for, or the file and the byte.
 */
export async function loadSmallNorb(
  folder: string,
  options: SmallNorbOptions = {},
): Promise<Split<DenseDataset>> {
  checkOptions('loadSmallNorb', options, OPTIONS);
  const { name = basename(folder), shrink = 1 } = options;
  checkWhole(shrink, 'shrink', 1);
  const files = await openFiles(folder, options);
  return {
    name,
    train: await readPart(files, name, 'training', shrink, options),
    test: await readPart(files, name, 'testing', shrink, options),
  };
}

async function readPart(
  files: FileSet,
  name: string,
  part: 'training' | 'testing',
  shrink: number,
  options: ReadOptions,
): Promise<DenseDataset> {
  const find = (kind: 'dat' | 'cat'): string => {
    const pattern = new RegExp(`^smallnorb-.*-${part}-${kind}\\.mat${PACKED_ENDS}$`);
    const found = findFile(files, `the ${part} images`, pattern);
    if (found !== undefined) return found;
    throw complaint(files.source, `there is no file smallnorb-...-${part}-${kind}.mat, raw or as .gz.`);
  };
  const [imageFile, labelFile] = [find('dat'), find('cat')];
  const [imageSource, labelSource] = [files.path(imageFile), files.path(labelFile)];
  const images = parseNorb(await files.read(imageFile, options), imageSource);
  const labels = parseNorb(await files.read(labelFile, options), labelSource);
  const [rows = 0, pictures = 0, height = 0, width = 0] = images.shape;
  if (images.shape.length !== 4 || !(images.data instanceof Uint8Array)) {
    throw complaint(
      imageSource,
      `byte 4: expected pictures of bytes in 4 dimensions, found ${images.shape.join(' x ')}.`,
    );
  }
  if (height % shrink !== 0 || width % shrink !== 0) {
    throw new RangeError(`shrink must divide ${height} x ${width} pixels, but it is ${shrink}.`);
  }
  if (sizeOf(labels.shape) !== rows) {
    throw complaint(
      labelSource,
      `byte 8: expected ${rows} labels, as many as there are images, found ${sizeOf(labels.shape)}.`,
    );
  }
  const classes = 5;
  const numbers = Int32Array.from(labels.data);
  const wrong = numbers.findIndex((label) => label < 0 || label >= classes);
  if (wrong >= 0) {
    throw complaint(
      labelSource,
      `label ${wrong}: expected a class from 0 to ${classes - 1}, found ${numbers[wrong]}.`,
    );
  }
  return {
    name,
    rows,
    columns: (pictures * height * width) / shrink ** 2,
    classes,
    inputs: shrunk(images.data, height, width, shrink),
    labels: numbers,
    shape: [pictures, height / shrink, width / shrink],
  };
}

/** Means of squares of pixels, divided by 255. */
function shrunk(pixels: Uint8Array, height: number, width: number, side: number): Float32Array {
  const inputs = new Float32Array(pixels.length / side ** 2);
  const narrow = width / side;
  const pictures = pixels.length / (height * width);
  const weight = 1 / (255 * side ** 2);
  for (let picture = 0, i = 0; picture < pictures; picture++) {
    for (let y = 0; y < height; y += side, i += narrow) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let row = 0; row < side; row++) sum += pixels[(picture * height + y + row) * width + x]!;
        inputs[i + Math.floor(x / side)]! += sum * weight;
      }
    }
  }
  return inputs;
}
