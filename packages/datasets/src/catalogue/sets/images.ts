import { loadAmat } from '../../formats/amat.ts';
import type { DenseDataset, Split } from '../../types.ts';
import type { DatasetFile, Definition, Definitions, Form } from '../definition.ts';
import { limited } from '../limited.ts';
import { mnistSubset } from '../mnist.ts';
import { cited, read } from './checksums.ts';
import { idxForm, idxParts } from './idx-form.ts';

type Images = Split<DenseDataset>;

const EMNIST_SPLITS = ['balanced', 'byclass', 'bymerge', 'digits', 'letters', 'mnist'] as const;
type EmnistSplit = (typeof EMNIST_SPLITS)[number];

/** Sets of images with one class each. */
export type ImageSetName =
  | 'mnist-subset'
  | 'mnist'
  | 'fashion-mnist'
  | 'kuzushiji-mnist'
  | 'qmnist'
  | `emnist-${EmnistSplit}`
  | 'convex'
  | 'rectangles'
  | 'rectangles-images';

/** What all of these have in common. */
const IMAGES = { kind: 'images', shape: [28, 28], takes: ['train', 'test', 'seed'] } as const;
const DIGITS = { train: 60_000, test: 10_000, columns: 784, classes: 10 };

const MNIST_MIRRORS = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
];
const LECUN =
  'Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner: Gradient-based learning applied to document recognition. Proceedings of the IEEE 86 (1998)';

/** Four files of MNIST's names. */
function fourFiles(
  mirrors: readonly string[],
  sizes: readonly number[],
  checksums: readonly DatasetFile['checksum'][],
  names: readonly string[] = [
    'train-images-idx3',
    'train-labels-idx1',
    't10k-images-idx3',
    't10k-labels-idx1',
  ],
): DatasetFile[] {
  return names.map((name, i) => {
    const file = `${name}-ubyte.gz`;
    const [bytes, checksum] = [sizes[i], checksums[i]];
    return {
      name: file,
      mirrors: mirrors.map((mirror) => `${mirror}${file}`),
      ...(bytes !== undefined && { bytes }),
      ...(checksum && { checksum }),
    };
  });
}

const EMNIST_FILE: DatasetFile = {
  name: 'gzip.zip',
  mirrors: [
    'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip',
    'https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip',
  ],
  bytes: 561_753_746,
  checksum: cited('tfds', 'fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e'),
};

/** Classes and, where sources agree on them, rows. */
const EMNIST: Readonly<
  Record<EmnistSplit, { what: string; classes: number; train?: number; test?: number }>
> = {
  balanced: { what: 'digits and letters, each class as often', classes: 47, train: 112_800, test: 18_800 },
  byclass: { what: 'digits, capital and small letters', classes: 62, train: 697_932, test: 116_323 },
  bymerge: {
    what: 'digits and letters, small ones that look like capitals merged',
    classes: 47,
    train: 697_932,
    test: 116_323,
  },
  digits: { what: 'digits', classes: 10, train: 240_000, test: 40_000 },
  letters: { what: 'letters, capital and small merged', classes: 26 },
  mnist: { what: 'digits, as many as MNIST has', classes: 10, train: 60_000, test: 10_000 },
};

function emnist(split: EmnistSplit): Definition<Images> {
  const { what, ...size } = EMNIST[split];
  const name = `emnist-${split}`;
  const parts = idxParts({ archive: 'gzip.zip', inside: 'gzip/', prefix: `${name}-`, test: 'test' });
  return {
    ...IMAGES,
    description: `handwritten ${what}`,
    size: { ...size, columns: 784 },
    licence: 'none stated; derived from NIST Special Database 19',
    citation:
      'Gregory Cohen, Saeed Afshar, Jonathan Tapson, André van Schaik: EMNIST: an extension of MNIST to handwritten letters (2017)',
    homepage: 'https://www.nist.gov/itl/products-and-services/emnist-dataset',
    files: [EMNIST_FILE],
    folders: ['emnist'],
    // Stored with rows and columns exchanged; letters are numbered from 1.
    forms: [
      idxForm(name, parts, {
        classes: size.classes,
        transposed: true,
        firstLabel: split === 'letters' ? 1 : 0,
      }),
    ],
  };
}

/** A set of Larochelle et al.: published as AMAT files in a zip archive, and also read as IDX files. */
function larochelle(
  name: 'convex' | 'rectangles' | 'rectangles-images',
  entries: { readonly train: string; readonly test: string },
  file: DatasetFile,
  contents: Parameters<typeof idxParts>[0] = {},
): Pick<Definition<Images>, 'licence' | 'citation' | 'homepage' | 'files' | 'forms'> {
  const amat: Form<Images> = {
    parts: {
      train: { file: file.name, entry: entries.train },
      test: { file: file.name, entry: entries.test },
    },
    async read(reading) {
      const part = async (which: 'train' | 'test'): Promise<DenseDataset> => {
        const { input, source } = await reading.open(which);
        const options = { name, source, shape: [28, 28], classes: 2 };
        return loadAmat(input, { ...options, ...(reading.signal && { signal: reading.signal }) });
      };
      return { name, train: await part('train'), test: await part('test') };
    },
  };
  const idx = idxForm(name, idxParts({ prefix: `${name}_`, test: 'test', ...contents }), { classes: 2 });
  return {
    licence: 'none stated',
    citation:
      'Hugo Larochelle, Dumitru Erhan, Aaron Courville, James Bergstra, Yoshua Bengio: An empirical evaluation of deep architectures on problems with many factors of variation. ICML 2007',
    homepage: 'http://www.iro.umontreal.ca/~lisa/twiki/bin/view.cgi/Public/DeepVsShallowComparisonICML2007',
    files: [file],
    forms: [idx, amat],
  };
}

const ICML07 = 'http://www.iro.umontreal.ca/~lisa/icml2007data/';

/** Images that are published, or come with the package. */
export const IMAGE_SETS: Definitions<ImageSetName, Images> = {
  'mnist-subset': {
    ...IMAGES,
    description: 'handwritten digits, a part of MNIST that is in this package',
    size: { ...DIGITS, train: 12_000, test: 2_000 },
    licence: 'none stated; usually given as CC BY-SA 3.0',
    citation: LECUN,
    files: [],
    make: async (options) => limited(await mnistSubset(), options),
  },
  mnist: {
    ...IMAGES,
    description: 'handwritten digits',
    size: DIGITS,
    licence: 'none stated; usually given as CC BY-SA 3.0',
    citation: LECUN,
    homepage: 'http://yann.lecun.com/exdb/mnist/',
    files: fourFiles(
      MNIST_MIRRORS,
      [9_912_422, 28_881, 1_648_877, 4_542],
      [
        '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
        '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
        '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
        'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      ].map(read),
    ),
    forms: [
      idxForm(
        'mnist',
        idxParts({
          contents: [
            'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
            '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
            '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
            'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
          ].map(read),
        }),
      ),
    ],
  },
  'fashion-mnist': {
    ...IMAGES,
    description: 'pieces of clothing',
    size: DIGITS,
    licence: 'MIT',
    citation:
      'Han Xiao, Kashif Rasul, Roland Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms (2017)',
    homepage: 'https://github.com/zalandoresearch/fashion-mnist',
    files: fourFiles(
      [
        'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
        'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
      ],
      [26_421_880, 29_515, 4_422_102, 5_148],
      [
        '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
        'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
        '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
        '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      ].map(read),
    ),
    forms: [
      idxForm(
        'fashion-mnist',
        idxParts({
          contents: [
            'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
            'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
            '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
            '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
          ].map(read),
        }),
      ),
    ],
  },
  'kuzushiji-mnist': {
    ...IMAGES,
    description: 'handwritten Japanese characters of old books',
    size: DIGITS,
    licence: 'CC BY-SA 4.0',
    citation:
      'Tarin Clanuwat, Mikel Bober-Irizar, Asanobu Kitamoto, Alex Lamb, Kazuaki Yamamoto, David Ha: Deep learning for classical Japanese literature (2018)',
    homepage: 'http://codh.rois.ac.jp/kmnist/',
    files: fourFiles(
      ['http://codh.rois.ac.jp/kmnist/dataset/kmnist/'],
      [18_165_135, 29_497, 3_041_136, 5_120],
      [
        '51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4',
        'e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17',
        'edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5',
        '20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c',
      ].map((hex) => cited('tfds', hex)),
    ),
    folders: ['kuzushiji-mnist', 'kmnist', 'KMNIST'],
    forms: [idxForm('kuzushiji-mnist', idxParts())],
  },
  qmnist: {
    ...IMAGES,
    description: 'handwritten digits, MNIST rebuilt with the 50,000 test images that were lost',
    size: { ...DIGITS, test: 60_000 },
    licence: 'BSD-style, see the repository',
    citation: 'Chhavi Yadav, Léon Bottou: Cold case: the lost MNIST digits. NeurIPS 2019',
    homepage: 'https://github.com/facebookresearch/qmnist',
    files: [
      ['qmnist-train-images-idx3-ubyte.gz', 'ed72d4157d28c017586c42bc6afe6370'],
      ['qmnist-train-labels-idx2-int.gz', '0058f8dd561b90ffdd0f734c6a30e5e4'],
      ['qmnist-test-images-idx3-ubyte.gz', '1394631089c404de565df7b7aeaf9412'],
      ['qmnist-test-labels-idx2-int.gz', '5b5b05890a5e13444e108efe57b788aa'],
    ].map(([name, md5]) => ({
      name: name!,
      mirrors: [`https://raw.githubusercontent.com/facebookresearch/qmnist/master/${name}`],
      checksum: cited('torchvision', md5!, 'md5'),
    })),
    forms: [idxForm('qmnist', idxParts({ prefix: 'qmnist-', test: 'test', labels: 'idx2-int' }))],
  },
  'emnist-balanced': emnist('balanced'),
  'emnist-byclass': emnist('byclass'),
  'emnist-bymerge': emnist('bymerge'),
  'emnist-digits': emnist('digits'),
  'emnist-letters': emnist('letters'),
  'emnist-mnist': emnist('mnist'),
  convex: {
    ...IMAGES,
    description: 'is the set of white pixels convex? (the test file is sorted by class)',
    size: { train: 8_000, test: 50_000, columns: 784, classes: 2 },
    ...larochelle(
      'convex',
      { train: 'convex_train.amat', test: 'convex_test.amat' },
      { name: 'convex.zip', mirrors: [`${ICML07}convex.zip`] },
      {
        contents: [
          '4afb0c57d1120ec0bff3a1a511dbd63fd6ffa034c06f820a6d25cfecefff66a3',
          '38b48bf2f91bc54fb75f2662d15402e3e1630fce79e79d91648989cdab199707',
          '9554029a1106aee6510cd206429c52c2742e0a51ab5182b581764ab36eaf7dff',
          'bea151a280a66a50827d5949b7ad7e7997ada06afda4e9ba4170bfc9ff59d4b6',
        ].map(read),
      },
    ),
  },
  rectangles: {
    ...IMAGES,
    description: 'is the drawn rectangle higher than wide?',
    size: { train: 1_200, test: 50_000, columns: 784, classes: 2 },
    ...larochelle(
      'rectangles',
      { train: 'rectangles_train.amat', test: 'rectangles_test.amat' },
      {
        name: 'rectangles.zip',
        mirrors: [`${ICML07}rectangles.zip`],
        bytes: 2_740_555,
        checksum: read('72952122784584f7a1aab68f74d8a06047a972596575a3a5a68cf32cc39daf8d'),
      },
      {
        contents: [
          'd7c50194d9c0385a4afbf961e45c93ee1da5a3d22f76d81a7f921d26813f51de',
          '57705b68bf779decfcefe507a8c41bf1fb940a6bba34e37e8baa9117c5c7727f',
          '1b3c7ba3cb37ca623e3793f18b7f99e1be88b26558964050977df7faf321a6dd',
          'dec56085ceb6cd404d24b51a403f5b38b6cce98ddaa9441051cf37dfa50e897a',
        ].map(read),
      },
    ),
  },
  'rectangles-images': {
    ...IMAGES,
    description: 'the same, the rectangle cut from one picture and laid on another',
    size: { train: 12_000, test: 50_000, columns: 784, classes: 2 },
    ...larochelle(
      'rectangles-images',
      { train: 'rectangles_im_train.amat', test: 'rectangles_im_test.amat' },
      { name: 'rectangles_images.zip', mirrors: [`${ICML07}rectangles_images.zip`] },
    ),
  },
};
