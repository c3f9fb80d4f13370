import { loadAnnBenchmarks } from '../../formats/hdf5.ts';
import { loadVecs } from '../../formats/vecs.ts';
import type { VectorSet } from '../../types.ts';
import type { Definition, Definitions, DatasetFile } from '../definition.ts';

/** Vectors with queries and their true neighbours. */
export type VectorSetName =
  | 'sift'
  | 'gist'
  | `glove-${25 | 50 | 100 | 200}-angular`
  | 'fashion-mnist-784-euclidean'
  | 'mnist-784-euclidean'
  | 'nytimes-256-angular'
  | 'lastfm-64-dot'
  | 'deep-image-96-angular';

const ANN = {
  licence: 'none stated; those of the vectors’ sources',
  citation:
    'Martin Aumüller, Erik Bernhardsson, Alexander Faithfull: ANN-Benchmarks. Information Systems 87 (2020)',
  homepage: 'https://github.com/erikbern/ann-benchmarks',
} as const;
const TEXMEX = {
  licence: 'none stated',
  citation:
    'Hervé Jégou, Matthijs Douze, Cordelia Schmid: Product quantization for nearest neighbor search. PAMI 33 (2011)',
  homepage: 'http://corpus-texmex.irisa.fr/',
} as const;

/** A set of ann-benchmarks: one HDF5 file. */
function annBenchmarks(
  name: VectorSetName,
  description: string,
  [dimensions, vectors, queries]: readonly [number, number, number],
  distance: NonNullable<VectorSet['distance']>,
  file: string = `${name}.hdf5`,
): Definition<VectorSet> {
  return {
    ...ANN,
    kind: 'vectors',
    description,
    size: { vectors, queries, dimensions },
    files: [
      { name: file, mirrors: [`https://ann-benchmarks.com/${file}`, `http://ann-benchmarks.com/${file}`] },
    ],
    takes: [],
    sharedFolders: ['ann-benchmarks'],
    forms: [
      {
        parts: { all: { file, names: [file] } },
        async read({ open, signal }) {
          const { input, source } = await open('all');
          return {
            ...(await loadAnnBenchmarks(input, { name, source, ...(signal && { signal }) })),
            distance,
          };
        },
      },
    ],
  };
}

const SIFT_MIRROR = 'https://huggingface.co/datasets/qbo-odp/anns/resolve/main/sift1m/';

/** Lengths follow from the format: 4 bytes before each vector. */
const SIFT_FILES: readonly DatasetFile[] = [
  { name: 'sift_base.fvecs', mirrors: [`${SIFT_MIRROR}sift_base.fvecs`], bytes: 1_000_000 * 4 * 129 },
  { name: 'sift_query.fvecs', mirrors: [`${SIFT_MIRROR}sift_query.fvecs`], bytes: 10_000 * 4 * 129 },
  {
    name: 'sift_groundtruth.ivecs',
    mirrors: [`${SIFT_MIRROR}sift_groundtruth.ivecs`],
    bytes: 10_000 * 4 * 101,
  },
];

/** By the tables of ann-benchmarks. */
export const VECTOR_SETS: Definitions<VectorSetName, VectorSet> = {
  sift: {
    ...TEXMEX,
    kind: 'vectors',
    description: 'SIFT1M: local descriptors of pictures',
    size: { vectors: 1_000_000, queries: 10_000, dimensions: 128 },
    files: SIFT_FILES,
    takes: [],
    folders: ['sift', 'sift1M'],
    forms: [
      {
        parts: Object.fromEntries(SIFT_FILES.map(({ name }) => [name, { file: name }])),
        async read({ open, signal }) {
          const [base, query, truth] = [
            await open('sift_base.fvecs'),
            await open('sift_query.fvecs'),
            await open('sift_groundtruth.ivecs'),
          ];
          const stop = signal && { signal };
          const vectors = await loadVecs(base.input, 'fvecs', { source: base.source, ...stop });
          const queries = await loadVecs(query.input, 'fvecs', { source: query.source, ...stop });
          const ids = await loadVecs(truth.input, 'ivecs', { source: truth.source, ...stop });
          if (queries.dimensions !== vectors.dimensions || ids.count !== queries.count) {
            throw new Error(
              `${query.source}: ${queries.count} queries of ${queries.dimensions} dimensions do not belong to vectors of ${vectors.dimensions} and ${ids.count} rows of neighbours.`,
            );
          }
          return {
            name: 'sift',
            dimensions: vectors.dimensions,
            vectors: vectors.vectors,
            queries: queries.vectors,
            neighbours: { k: ids.dimensions, ids: ids.vectors },
            distance: 'euclidean',
          };
        },
      },
    ],
  },
  gist: annBenchmarks(
    'gist',
    'GIST1M: global descriptors of pictures',
    [960, 1_000_000, 1_000],
    'euclidean',
    'gist-960-euclidean.hdf5',
  ),
  'glove-25-angular': annBenchmarks(
    'glove-25-angular',
    'GloVe vectors of tweets',
    [25, 1_183_514, 10_000],
    'angular',
  ),
  'glove-50-angular': annBenchmarks(
    'glove-50-angular',
    'GloVe vectors of tweets',
    [50, 1_183_514, 10_000],
    'angular',
  ),
  'glove-100-angular': annBenchmarks(
    'glove-100-angular',
    'GloVe vectors of tweets',
    [100, 1_183_514, 10_000],
    'angular',
  ),
  'glove-200-angular': annBenchmarks(
    'glove-200-angular',
    'GloVe vectors of tweets',
    [200, 1_183_514, 10_000],
    'angular',
  ),
  'fashion-mnist-784-euclidean': annBenchmarks(
    'fashion-mnist-784-euclidean',
    'pixels of Fashion-MNIST',
    [784, 60_000, 10_000],
    'euclidean',
  ),
  'mnist-784-euclidean': annBenchmarks(
    'mnist-784-euclidean',
    'pixels of MNIST',
    [784, 60_000, 10_000],
    'euclidean',
  ),
  'nytimes-256-angular': annBenchmarks(
    'nytimes-256-angular',
    'projected counts of words of articles',
    [256, 290_000, 10_000],
    'angular',
  ),
  'lastfm-64-dot': annBenchmarks(
    'lastfm-64-dot',
    'factors of who listens to what',
    [65, 292_385, 50_000],
    'inner product',
  ),
  'deep-image-96-angular': annBenchmarks(
    'deep-image-96-angular',
    'features of pictures by a network',
    [96, 9_990_000, 10_000],
    'angular',
  ),
};
