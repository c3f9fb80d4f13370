import { loadWordVectors } from '../../formats/word-vectors.ts';
import type { WordVectors } from '../../formats/words.ts';
import type { DatasetFile, Definition, Definitions, Part } from '../definition.ts';
import { cited, read } from './checksums.ts';

/** Vectors of words. */
export type WordSetName =
  | `glove-6b-${50 | 100 | 200 | 300}d`
  | 'glove-42b-300d'
  | 'glove-840b-300d'
  | `glove-twitter-${25 | 50 | 100 | 200}d`
  | 'glove-twitter-25d-top'
  | 'word2vec-google-news'
  | 'fasttext-crawl'
  | 'fasttext-wiki-news';

type About = Pick<Definition<WordVectors>, 'licence' | 'citation' | 'homepage'>;

const GLOVE: About = {
  licence: 'PDDL 1.0',
  citation:
    'Jeffrey Pennington, Richard Socher, Christopher D. Manning: GloVe: global vectors for word representation. EMNLP 2014',
  homepage: 'https://nlp.stanford.edu/projects/glove/',
};
const WORD2VEC: About = {
  licence: 'Apache 2.0',
  citation:
    'Tomas Mikolov, Ilya Sutskever, Kai Chen, Greg Corrado, Jeffrey Dean: Distributed representations of words and phrases and their compositionality. NIPS 2013',
  homepage: 'https://code.google.com/archive/p/word2vec/',
};
const FASTTEXT: About = {
  licence: 'CC BY-SA 3.0',
  citation:
    'Tomas Mikolov, Edouard Grave, Piotr Bojanowski, Christian Puhrsch, Armand Joulin: Advances in pre-training distributed word representations. LREC 2018',
  homepage: 'https://fasttext.cc/docs/en/english-vectors.html',
};

function words(
  about: About,
  description: string,
  size: { readonly words: number; readonly dimensions: number },
  file: DatasetFile,
  part: Omit<Part, 'file'> = {},
  folders: readonly string[] = [],
): Definition<WordVectors> {
  return {
    ...about,
    kind: 'words',
    description,
    size,
    files: [file],
    takes: ['limit'],
    folders,
    sharedFolders: ['word-vectors'],
    forms: [
      {
        parts: { words: { file: file.name, names: [part.entry ?? file.name.replace(/\.gz$/, '')], ...part } },
        async read({ open, options: { limit }, signal }) {
          const { input, source } = await open('words');
          return loadWordVectors(input, {
            source,
            ...(limit !== undefined && { limit }),
            ...(signal && { signal }),
            // Some published vocabularies have words that are cut within a character.
            badUtf8: 'replace',
            // The largest file has 5.7 GB; it is known, so it is no bomb.
            maxBytes: 2 ** 33,
          });
        },
      },
    ],
  };
}

function gloveFile(name: string, sha256: string): DatasetFile {
  return {
    name: `${name}.zip`,
    mirrors: [
      `https://nlp.stanford.edu/data/${name}.zip`,
      `https://downloads.cs.stanford.edu/nlp/data/${name}.zip`,
    ],
    checksum: cited('embeddings', sha256),
  };
}

const GLOVE_6B = gloveFile('glove.6B', '617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb');
const GLOVE_TWITTER = gloveFile(
  'glove.twitter.27B',
  '792af52f795d1a32c9842a3240f5f3fe5e941a8ff6df5eb0f9d668092ebc019c',
);

function glove6b(dimensions: number): Definition<WordVectors> {
  const entry = { entry: `glove.6B.${dimensions}d.txt` };
  const what = 'GloVe: words of Wikipedia and news';
  return words(GLOVE, what, { words: 400_000, dimensions }, GLOVE_6B, entry, ['glove.6B', 'glove']);
}

function gloveTwitter(dimensions: number): Definition<WordVectors> {
  const entry = { entry: `glove.twitter.27B.${dimensions}d.txt` };
  const what = 'GloVe: words of tweets';
  const folders = ['glove.twitter.27B', 'glove'];
  return words(GLOVE, what, { words: 1_193_514, dimensions }, GLOVE_TWITTER, entry, folders);
}

/** Vectors of words that are published. */
export const WORD_SETS: Definitions<WordSetName, WordVectors> = {
  'glove-6b-50d': glove6b(50),
  'glove-6b-100d': glove6b(100),
  'glove-6b-200d': glove6b(200),
  'glove-6b-300d': glove6b(300),
  'glove-42b-300d': words(
    GLOVE,
    'GloVe: words of web pages, in small letters',
    { words: 1_917_494, dimensions: 300 },
    gloveFile('glove.42B.300d', '03d5d7fa28e58762ace4b85fb71fe86a345ef0b5ff39f5390c14869da0fc1970'),
    { entry: 'glove.42B.300d.txt' },
    ['glove.42B.300d', 'glove'],
  ),
  'glove-840b-300d': words(
    GLOVE,
    'GloVe: words of web pages',
    { words: 2_196_017, dimensions: 300 },
    gloveFile('glove.840B.300d', 'c06db255e65095393609f19a4cfca20bf3a71e20cc53e892aafa490347e3849f'),
    { entry: 'glove.840B.300d.txt' },
    ['glove.840B.300d', 'glove'],
  ),
  'glove-twitter-25d': gloveTwitter(25),
  'glove-twitter-50d': gloveTwitter(50),
  'glove-twitter-100d': gloveTwitter(100),
  'glove-twitter-200d': gloveTwitter(200),
  'glove-twitter-25d-top': {
    ...words(
      GLOVE,
      'GloVe: the most frequent words of tweets, a part of glove-twitter-25d',
      { words: 11_925, dimensions: 25 },
      { name: 'glove.twitter.27B.25d.top12k.txt', mirrors: [] },
      { content: read('bec4b94e97bd5dce096f020987211bfa2bd3690952689a11aecf55c25fac36cc') },
    ),
    byHand: 'It is cut from glove.twitter.27B.25d.txt; glove-twitter-25d has all of it.',
  },
  'word2vec-google-news': words(
    WORD2VEC,
    'word2vec: words and phrases of news',
    { words: 3_000_000, dimensions: 300 },
    {
      name: 'GoogleNews-vectors-negative300.bin.gz',
      mirrors: ['https://s3.amazonaws.com/dl4j-distribution/GoogleNews-vectors-negative300.bin.gz'],
      checksum: cited('embeddings', '21c05ae916a67a4da59b1d006903355cced7de7da1e42bff9f0504198c748da8'),
    },
  ),
  'fasttext-crawl': words(
    FASTTEXT,
    'fastText: words of web pages',
    { words: 1_999_995, dimensions: 300 },
    {
      name: 'crawl-300d-2M.vec.zip',
      mirrors: ['https://dl.fbaipublicfiles.com/fasttext/vectors-english/crawl-300d-2M.vec.zip'],
      checksum: cited('embeddings', '5bfffffbabdab299d4c9165c47275e8f982807a6eaca37ee1f71d3a79ddb544d'),
    },
    { entry: 'crawl-300d-2M.vec' },
  ),
  'fasttext-wiki-news': words(
    FASTTEXT,
    'fastText: words of Wikipedia and news',
    { words: 999_994, dimensions: 300 },
    {
      name: 'wiki-news-300d-1M.vec.zip',
      mirrors: ['https://dl.fbaipublicfiles.com/fasttext/vectors-english/wiki-news-300d-1M.vec.zip'],
      checksum: cited('embeddings', 'bdeb85f44892c505953e3654183e9cb0d792ee51be0992460593e27198d746f8'),
    },
    { entry: 'wiki-news-300d-1M.vec' },
  ),
};
