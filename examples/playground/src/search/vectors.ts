/** Vectors with words, from files of all formats that come with such. */
import { generateVectors, loadNpy, loadVecs, loadWordVectors } from '@hashgrad/datasets';

export interface NamedVectors {
  readonly name: string;
  /** One for each vector; none where they go by their numbers. */
  readonly words: readonly string[] | undefined;
  readonly size: number;
  readonly dimensions: number;
  readonly vectors: Float32Array;
  readonly cut: boolean;
}

/** Floats that are taken at most: each index has a copy, and an index has 256 MiB where memory is not shared. */
const MOST_FLOATS = 16 * 2 ** 20;

const VECS = ['fvecs', 'bvecs', 'ivecs'] as const;

/** The embedded words, or any others of their formats. */
export async function readWords(bytes: Blob | Uint8Array, name: string): Promise<NamedVectors> {
  // How many fit is known once the first is read.
  const [first] = [await loadWordVectors(bytes, { source: name, limit: 1, badUtf8: 'replace' })];
  const limit = Math.floor(MOST_FLOATS / first.dimensions);
  const { words, dimensions, vectors } = await loadWordVectors(bytes, {
    source: name,
    limit,
    badUtf8: 'replace',
  });
  return { name, words, size: words.length, dimensions, vectors, cut: words.length === limit };
}

/** @throws {Error} naming the file and the place in it, if it is none of the formats. */
export async function readFile(file: File): Promise<NamedVectors> {
  const ending = /\.(\w+?)(?:\.(?:gz|bz2|xz))?$/i.exec(file.name)?.[1]?.toLowerCase() ?? '';
  if (ending === 'npy') {
    const { shape, data } = await loadNpy(file, { source: file.name });
    const [, dimensions = 1] = shape;
    if (shape.length !== 2)
      throw new Error(
        `${file.name}: expected an array of rows of numbers, found ${shape.length} dimensions.`,
      );
    return numbered(file.name, dimensions, Float32Array.from(data as Float32Array, Number));
  }
  const kind = VECS.find((each) => each === ending);
  if (kind) {
    const { dimensions, vectors } = await loadVecs(file, kind, { source: file.name });
    return numbered(file.name, dimensions, Float32Array.from(vectors));
  }
  return readWords(file, file.name);
}

/** Vectors around a thousand centres, as products or pictures have them. */
export function madeVectors(): NamedVectors {
  const { dimensions, vectors } = generateVectors('clustered', { vectors: 100_000, queries: 1 });
  return numbered('100,000 made vectors around 1,000 centres', dimensions, vectors);
}

function numbered(name: string, dimensions: number, all: Float32Array): NamedVectors {
  const size = Math.min(all.length / dimensions, Math.floor(MOST_FLOATS / dimensions));
  const vectors = all.subarray(0, size * dimensions);
  return { name, words: undefined, size, dimensions, vectors, cut: vectors.length < all.length };
}
