import { convex } from '../../generators/convex.ts';
import { plantedLabels } from '../../generators/planted-labels.ts';
import { rectanglesImages } from '../../generators/rectangles-images.ts';
import { rectangles } from '../../generators/rectangles.ts';
import { generateVectors, type VectorLaw } from '../../generators/vectors.ts';
import type { DenseDataset, SparseDataset, Split, VectorSet } from '../../types.ts';
import type { Definition, Definitions, SetOptions } from '../definition.ts';

/** Images that are drawn when they are loaded. */
export type GeneratedImageSetName = `${'convex' | 'rectangles' | 'rectangles-images'}-generated`;

/** Vectors that are drawn when they are loaded. */
export type GeneratedVectorSetName = `${VectorLaw}-vectors`;

const OURS = { files: [], licence: 'MIT' } as const;
const LIKE_LAROCHELLE =
  'after Larochelle, Erhan, Courville, Bergstra, Bengio: An empirical evaluation of deep architectures on problems with many factors of variation. ICML 2007';

function images(
  description: string,
  train: number,
  make: (options: SetOptions) => Split<DenseDataset>,
): Definition<Split<DenseDataset>> {
  return {
    ...OURS,
    kind: 'images',
    description,
    size: { train, test: 50_000, columns: 784, classes: 2 },
    shape: [28, 28],
    citation: LIKE_LAROCHELLE,
    takes: ['train', 'test', 'seed'],
    make,
  };
}

/** Images that follow published descriptions, and hold nothing of the published files. */
export const GENERATED_IMAGE_SETS: Definitions<GeneratedImageSetName, Split<DenseDataset>> = {
  'convex-generated': images('is the set of white pixels convex? drawn by a seed', 8_000, convex),
  'rectangles-generated': images(
    'is the drawn rectangle higher than wide? drawn by a seed',
    1_200,
    rectangles,
  ),
  'rectangles-images-generated': images(
    'the same, cut from one texture and laid on another; drawn by a seed',
    12_000,
    rectanglesImages,
  ),
};

/** Sparse rows with labels. */
export const GENERATED_LABEL_SETS: Definitions<'planted-labels', Split<SparseDataset>> = {
  'planted-labels': {
    ...OURS,
    kind: 'labels',
    description: 'labels planted in sparse rows, shaped like Amazon-670K; plantedLabels has more options',
    size: { train: 100_000, test: 10_000, columns: 50_000, classes: 100_000 },
    citation: 'this package',
    takes: ['train', 'test', 'seed'],
    make: plantedLabels,
  },
};

function vectors(law: VectorLaw, description: string): Definition<VectorSet> {
  return {
    ...OURS,
    kind: 'vectors',
    description,
    size: { vectors: 20_000, queries: 300, dimensions: 64 },
    citation: 'this package',
    takes: ['vectors', 'queries', 'dimensions', 'seed'],
    make: ({ vectors: count, queries, dimensions, seed }) =>
      generateVectors(law, {
        ...(count !== undefined && { vectors: count }),
        ...(queries !== undefined && { queries }),
        ...(dimensions !== undefined && { dimensions }),
        ...(seed !== undefined && { seed }),
      }),
  };
}

/** Vectors by their laws. */
export const GENERATED_VECTOR_SETS: Definitions<GeneratedVectorSetName, VectorSet> = {
  'gaussian-vectors': vectors('gaussian', 'vectors of standard normal coordinates'),
  'lognormal-vectors': vectors('lognormal', 'vectors of very different lengths, log-normal with sigma 0.5'),
  'flat-vectors': vectors('flat', 'vectors of like lengths, log-normal with sigma 0.1'),
  'clustered-vectors': vectors('clustered', 'vectors around 1,000 centres, lengths by a power law'),
  'low-rank-vectors': vectors('low-rank', 'vectors like the factors of a matrix of ratings'),
};
