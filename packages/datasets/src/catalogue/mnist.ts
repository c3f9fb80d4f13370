import { idxDataset } from '../formats/idx-dataset.ts';
import type { DenseDataset, Split } from '../types.ts';
import { inflate } from '../unpack/inflate.ts';

/** Training and test rows of the subset. */
export const SUBSET: { readonly train: number; readonly test: number } = { train: 12_000, test: 2_000 };

const SHAPE = [28, 28];
const CLASSES = 10;

/**
 * A subset of MNIST (LeCun, Cortes, Burges) that comes with this package, its pixels unchanged: the first 12,000 of the
 * 60,000 training images, and of the 10,000 test images every fifth, from the first on (the first half of that file is easier
 * than the second).
 *
 * 28 x 28 grey values in [0, 1], 10 classes. A promise, because the images (3 MB of text, 11 MB unpacked) are loaded only when
 * this is called; each call makes new arrays, of 44 MB.
 */
export async function mnistSubset(): Promise<Split<DenseDataset>> {
  const { packedMnistSubset } = await import('./generated/mnist-subset.ts');
  const bytes = await inflate(fromBase64(packedMnistSubset));
  const name = 'mnist-subset';
  // All labels, then all images, training before test.
  const images = bytes.subarray(SUBSET.train + SUBSET.test);
  const part = (rows: number, first: number): DenseDataset =>
    idxDataset(
      name,
      {
        images: { shape: [rows, ...SHAPE], data: images.subarray(first * 784, (first + rows) * 784) },
        labels: { shape: [rows], data: bytes.subarray(first, first + rows) },
        imagesSource: name,
        labelsSource: name,
      },
      CLASSES,
      255,
    );
  return { name, train: part(SUBSET.train, 0), test: part(SUBSET.test, SUBSET.train) };
}

function fromBase64(text: string): Uint8Array {
  // Uint8Array.fromBase64 is not in Node 22 yet.
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
