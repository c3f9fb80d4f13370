import { loadCifar } from '../../formats/cifar.ts';
import { loadCsv } from '../../formats/csv.ts';
import { loadSmallNorb } from '../../formats/norb.ts';
import { deformedImages, type ImageStream } from '../../generators/deformed-images.ts';
import { requireNodeModule } from '../../node.ts';
import type { DenseDataset, Split } from '../../types.ts';
import type { Definition, Definitions, Located, Part } from '../definition.ts';
import { cited, read } from './checksums.ts';
import { IMAGE_SETS } from './images.ts';

/** Sets of images that are not in MNIST's layout. */
export type OtherImageSetName =
  | 'optical-digits'
  | 'cifar-10'
  | 'cifar-100'
  | 'cifar-100-coarse'
  | 'small-norb';

type Images = Split<DenseDataset>;

const IMAGES = { kind: 'images', takes: ['train', 'test', 'seed'] } as const;

function cifar(
  name: 'cifar-10' | 'cifar-100' | 'cifar-100-coarse',
  description: string,
  classes: number,
  archive: { readonly name: string; readonly bytes: number; readonly sha256: string },
  files: readonly string[],
): Definition<Images> {
  const parts = Object.fromEntries(
    files.map((file) => [file, { file: archive.name, entry: file } satisfies Part]),
  );
  return {
    ...IMAGES,
    description,
    size: { train: 50_000, test: 10_000, columns: 3_072, classes },
    shape: [3, 32, 32],
    licence: 'none stated',
    citation: 'Alex Krizhevsky: Learning multiple layers of features from tiny images (2009)',
    homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
    files: [
      {
        name: archive.name,
        mirrors: [`https://www.cs.toronto.edu/~kriz/${archive.name}`],
        bytes: archive.bytes,
        checksum: cited('tfds', archive.sha256),
      },
    ],
    folders: [name.replace('-coarse', ''), files[0]!.split('/')[0]!],
    forms: [
      {
        parts,
        async read({ get, signal }) {
          const labels = name === 'cifar-10' ? 'ten' : name === 'cifar-100' ? 'fine' : 'coarse';
          const options = { name, labels, ...(signal && { signal }) } as const;
          return loadCifar(folderOf(await get(files[0]!)), options);
        },
      },
    ],
  };
}

const CIFAR_100 = {
  name: 'cifar-100-binary.tar.gz',
  bytes: 168_513_733,
  sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
};
const CIFAR_100_FILES = ['cifar-100-binary/train.bin', 'cifar-100-binary/test.bin'];

/** The archive that a part is in; or the folder, where it stands alone. */
function folderOf({ path, entry }: Located): string {
  return entry === undefined ? requireNodeModule('node:path').dirname(path) : path;
}

const NORB = 'https://cs.nyu.edu/~ylclab/data/norb-v1.0-small/';

/** Each in files of its own; `info` of the images is not read. */
const NORB_FILES = [
  [
    '5x46789x9x18x6x2x96x96-training-dat',
    131_896_188,
    '5ffd6272a07d32695ee1082a26a41a93a37aab8c28da047f8c34ed348d214873',
  ],
  [
    '5x46789x9x18x6x2x96x96-training-cat',
    348,
    '2784e542c1922060691090952b6cd6278879a216c90f81476f0f00256d42cdaa',
  ],
  [
    '5x01235x9x18x6x2x96x96-testing-dat',
    130_799_817,
    'cf7104eed3e51174d2f65b66d1e5878b9da233b886f161b0d88f4510ba2c7474',
  ],
  [
    '5x01235x9x18x6x2x96x96-testing-cat',
    347,
    'ecaf6d5bb8c3bc5eab9cf0258f6d2198dd474e016e374836fc097f2e5ff509ff',
  ],
] as const;

/** By the pages of the sets. */
export const OTHER_IMAGE_SETS: Definitions<OtherImageSetName, Images> = {
  'optical-digits': {
    ...IMAGES,
    description: 'handwritten digits, of UCI, in few pixels',
    size: { train: 3_823, test: 1_797, columns: 64, classes: 10 },
    shape: [8, 8],
    licence: 'CC BY 4.0',
    citation:
      'E. Alpaydin, C. Kaynak: Optical recognition of handwritten digits. UCI Machine Learning Repository (1998)',
    homepage: 'https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits',
    files: [
      {
        name: 'optdigits.zip',
        mirrors: [
          'https://archive.ics.uci.edu/static/public/80/optical+recognition+of+handwritten+digits.zip',
        ],
      },
    ],
    folders: ['optical-digits', 'optdigits', 'digits'],
    forms: [
      {
        parts: {
          train: {
            file: 'optdigits.zip',
            entry: 'optdigits.tra',
            names: ['optdigits.tra.csv'],
            content: read('e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd'),
          },
          test: {
            file: 'optdigits.zip',
            entry: 'optdigits.tes',
            names: ['optdigits.tes.csv'],
            content: read('6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8'),
          },
        },
        async read({ open, signal }) {
          const part = async (which: 'train' | 'test'): Promise<DenseDataset> => {
            const { input, source } = await open(which);
            const options = { name: 'optical-digits', source, scale: 16, classes: 10, shape: [8, 8] };
            return loadCsv(input, { ...options, ...(signal && { signal }) });
          };
          return { name: 'optical-digits', train: await part('train'), test: await part('test') };
        },
      },
    ],
  },
  'cifar-10': cifar(
    'cifar-10',
    'small photographs of ten kinds of things',
    10,
    {
      name: 'cifar-10-binary.tar.gz',
      bytes: 170_052_171,
      sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
    },
    ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'].map(
      (file) => `cifar-10-batches-bin/${file}.bin`,
    ),
  ),
  'cifar-100': cifar(
    'cifar-100',
    'small photographs of a hundred kinds of things',
    100,
    CIFAR_100,
    CIFAR_100_FILES,
  ),
  'cifar-100-coarse': cifar('cifar-100-coarse', 'the same, of twenty kinds', 20, CIFAR_100, CIFAR_100_FILES),
  'small-norb': {
    ...IMAGES,
    description: 'toys, photographed by two cameras, halved to 48 x 48 pixels (loadSmallNorb has all)',
    size: { train: 24_300, test: 24_300, columns: 4_608, classes: 5 },
    shape: [2, 48, 48],
    licence: 'for research, not to be sold',
    citation:
      'Yann LeCun, Fu Jie Huang, Léon Bottou: Learning methods for generic object recognition with invariance to pose and lighting. CVPR 2004',
    homepage: 'https://cs.nyu.edu/~ylclab/data/norb-v1.0-small/',
    files: NORB_FILES.map(([name, bytes, sha256]) => ({
      name: `smallnorb-${name}.mat.gz`,
      mirrors: [`${NORB}smallnorb-${name}.mat.gz`],
      bytes,
      checksum: cited('tfds', sha256),
    })),
    folders: ['small-norb', 'smallnorb', 'norb'],
    forms: [
      {
        parts: Object.fromEntries(
          NORB_FILES.map(([name]) => [name, { file: `smallnorb-${name}.mat.gz` } satisfies Part]),
        ),
        async read({ get, signal }) {
          let folder = '';
          // All four are in one folder: where the first is found, or they are downloaded.
          for (const [name] of NORB_FILES) folder = folderOf(await get(name));
          return loadSmallNorb(folder, { name: 'small-norb', shrink: 2, ...(signal && { signal }) });
        },
      },
    ],
  },
};

const { forms: MNIST_FORMS = [], files: MNIST_FILES, licence: MNIST_LICENCE } = IMAGE_SETS.mnist;

/** Images without end, made of a set's. */
export const IMAGE_STREAMS: Definitions<'mnist8m', ImageStream> = {
  mnist8m: {
    kind: 'image stream',
    files: MNIST_FILES,
    licence: MNIST_LICENCE,
    shape: [28, 28],
    description: "MNIST's training images and 134 deformed copies of each, made piece by piece by a seed",
    size: { train: 8_100_000, columns: 784, classes: 10 },
    citation:
      'Gaëlle Loosli, Stéphane Canu, Léon Bottou: Training invariant support vector machines using selective sampling (2007)',
    homepage: 'https://leon.bottou.org/projects/infimnist',
    takes: ['train', 'seed'],
    folders: ['mnist'],
    forms: MNIST_FORMS.map(({ parts, read: readMnist }) => ({
      parts,
      async read(reading) {
        const { train, seed } = reading.options;
        const { train: images } = await readMnist(reading);
        const options = { ...(train !== undefined && { rows: train }), ...(seed !== undefined && { seed }) };
        return { ...deformedImages(images, options), name: 'mnist8m' };
      },
    })),
  },
};
