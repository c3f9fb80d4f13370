/**
 * Makes src/catalogue/generated/mnist-subset.ts from the full MNIST.
 *
 * Usage: node scripts/make-mnist-subset.ts FOLDER
 * where FOLDER holds the four IDX files of MNIST, as .gz.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gunzipSync } from 'node:zlib';
import { isBytes, parseIdx } from '../src/formats/idx.ts';
import { SUBSET } from '../src/catalogue/mnist.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Usage: node scripts/make-mnist-subset.ts FOLDER (with the four files of MNIST, as .gz)');
  process.exit(2);
}

const read = (file: string): Uint8Array => {
  const path = join(folder, file);
  const array = parseIdx(gunzipSync(readFileSync(path)), path);
  if (!isBytes(array)) throw new Error(`${path} has no bytes.`);
  return array.data;
};

/** The bytes of `count` items of `size` bytes, every `step`-th from the first on. */
const pick = (bytes: Uint8Array, size: number, count: number, step: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, (_, i) => bytes.subarray(i * step * size, (i * step + 1) * size)),
  );

const bytes = Buffer.concat([
  pick(read('train-labels-idx1-ubyte.gz'), 1, SUBSET.train, 1),
  pick(read('t10k-labels-idx1-ubyte.gz'), 1, SUBSET.test, 5),
  pick(read('train-images-idx3-ubyte.gz'), 784, SUBSET.train, 1),
  pick(read('t10k-images-idx3-ubyte.gz'), 784, SUBSET.test, 5),
]);
const packed = deflateSync(bytes, { level: 9, memLevel: 9 }).toString('base64');
const path = join(import.meta.dirname, '../src/catalogue/generated/mnist-subset.ts');
writeFileSync(
  path,
  `// Made by scripts/make-mnist-subset.ts: labels and pixels of a subset of MNIST, zlib, base64. See NOTICE.
export const packedMnistSubset: string =
  '${packed}';
`,
);
console.log(`${path}: ${bytes.length} bytes as ${packed.length} characters.`);
