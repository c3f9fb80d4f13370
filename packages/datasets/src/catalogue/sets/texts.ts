import { readBytes } from '../../unpack/unpack.ts';
import type { DatasetFile, Definition, Definitions, Part } from '../definition.ts';
import { cited, read } from './checksums.ts';

/** Texts. */
export type TextSetName =
  | 'text8'
  | 'enwik8'
  | 'enwiki2018'
  | 'wikitext-2'
  | 'wikitext-103'
  | 'tiny-shakespeare';

/** A text, or its parts. */
export interface TextSet {
  readonly name: string;
  /** UTF-8. A text that is one has the part 'whole'; WikiText has 'train', 'validation' and 'test'. */
  readonly parts: Readonly<Record<string, Uint8Array>>;
}

type About = Pick<
  Definition<TextSet>,
  'description' | 'size' | 'licence' | 'citation' | 'homepage' | 'byHand'
>;

function text(
  name: TextSetName,
  about: About,
  file: DatasetFile,
  parts: Readonly<Record<string, Omit<Part, 'file'>>>,
  folders: readonly string[] = [],
): Definition<TextSet> {
  const all = Object.fromEntries(
    Object.entries(parts).map(([key, part]) => [key, { file: file.name, ...part }]),
  );
  return {
    ...about,
    kind: 'text',
    files: [file],
    takes: ['parts'],
    folders: [name, ...folders],
    forms: [
      {
        parts: all,
        needs: ({ parts: wanted }) => {
          const wrong = wanted?.find((part) => !Object.hasOwn(all, part));
          if (wrong === undefined) return wanted ?? Object.keys(all);
          throw new RangeError(`${name} has no part "${wrong}"; it has ${Object.keys(all).join(', ')}.`);
        },
        async read({ open, options, signal }) {
          const found: Record<string, Uint8Array> = {};
          for (const part of options.parts ?? Object.keys(all)) {
            const { input, source } = await open(part);
            found[part] = await readBytes(input, { source, ...(signal && { signal }) });
          }
          return { name, parts: found };
        },
      },
    ],
  };
}

const WIKIPEDIA_2006 = {
  licence: 'GFDL, as Wikipedia was in 2006',
  citation: 'Matt Mahoney: Large text compression benchmark (2006)',
  homepage: 'http://mattmahoney.net/dc/textdata.html',
};
const WIKITEXT = {
  licence: 'CC BY-SA 3.0',
  citation:
    'Stephen Merity, Caiming Xiong, James Bradbury, Richard Socher: Pointer sentinel mixture models. ICLR 2017',
  homepage:
    'https://www.salesforce.com/products/einstein/ai-research/the-wikitext-dependency-language-modeling-dataset/',
};

function wikitextMirrors(file: string): string[] {
  return [
    `https://s3.amazonaws.com/research.metamind.io/wikitext/${file}`,
    `https://wikitext.smerity.com/${file}`,
  ];
}

/** Texts that are published. */
export const TEXT_SETS: Definitions<TextSetName, TextSet> = {
  text8: text(
    'text8',
    {
      ...WIKIPEDIA_2006,
      description: '100 million letters of Wikipedia, small ones and blanks alone',
      size: { bytes: 100_000_000 },
    },
    {
      name: 'text8.zip',
      mirrors: ['http://mattmahoney.net/dc/text8.zip'],
      checksum: cited('gluonnlp', '6c70299b93b7e1f927b42cd8f6ac1a31547c7a2e', 'sha1'),
    },
    {
      whole: {
        entry: 'text8',
        content: cited('gluonnlp', '0dc3edebc970dcc96137e7deda4d9995af9d93de', 'sha1'),
      },
    },
  ),
  enwik8: text(
    'enwik8',
    {
      ...WIKIPEDIA_2006,
      description: 'the first 100 million bytes of a dump of Wikipedia, with its markup',
      size: { bytes: 100_000_000 },
    },
    {
      name: 'enwik8.zip',
      mirrors: ['http://mattmahoney.net/dc/enwik8.zip'],
      bytes: 36_445_475,
      checksum: cited('huggingface', '547994d9980ebed1288380d652999f38a14fe291a6247c157c3d33d4932534bc'),
    },
    { whole: { entry: 'enwik8' } },
  ),
  enwiki2018: text(
    'enwiki2018',
    {
      description: '100 million letters of Wikipedia of 2018, cleaned as text8 is',
      size: { bytes: 100_000_000 },
      licence: 'CC BY-SA 3.0',
      citation: 'the authors of Wikipedia',
      byHand: 'It is not published; text8 is, and is like it.',
    },
    { name: 'enwiki2018-text8like', mirrors: [] },
    { whole: { content: read('e9ce8e63981b00961ce83c97971f080c242ffb5d7673cf064ca6fec4c20599f7') } },
    ['enwiki'],
  ),
  'wikitext-2': text(
    'wikitext-2',
    { ...WIKITEXT, description: 'good articles of Wikipedia, two million words', size: {} },
    {
      name: 'wikitext-2-v1.zip',
      mirrors: wikitextMirrors('wikitext-2-v1.zip'),
      checksum: cited('torchtext', '542ccefacc6c27f945fb54453812b3cd', 'md5'),
    },
    {
      train: { entry: 'wikitext-2/wiki.train.tokens', names: ['train.txt'] },
      validation: {
        entry: 'wikitext-2/wiki.valid.tokens',
        names: ['valid.txt'],
        content: read('f0737ed31fc1329026e95cb8b98e19c2a182c39c240ab909dc31abf2f8af58e8'),
      },
      test: {
        entry: 'wikitext-2/wiki.test.tokens',
        names: ['test.txt'],
        content: read('d790b833ef8cf03a90db7bf1271b7520b83c45ce07ba3c1a9699df81e239eca0'),
      },
    },
  ),
  'wikitext-103': text(
    'wikitext-103',
    { ...WIKITEXT, description: 'good articles of Wikipedia, a hundred million words', size: {} },
    {
      name: 'wikitext-103-v1.zip',
      mirrors: wikitextMirrors('wikitext-103-v1.zip'),
      checksum: cited('corpusLoaders', '242ba0f20b329cfdf1ccc61e9e9e5b59becf189db7f7a81cd2a0e2fc31539590'),
    },
    {
      train: { entry: 'wikitext-103/wiki.train.tokens' },
      validation: { entry: 'wikitext-103/wiki.valid.tokens' },
      test: { entry: 'wikitext-103/wiki.test.tokens' },
    },
  ),
  'tiny-shakespeare': text(
    'tiny-shakespeare',
    {
      description: '40,000 lines of plays of Shakespeare',
      size: { bytes: 1_115_394 },
      licence: 'public domain',
      citation: 'Andrej Karpathy: char-rnn (2015)',
      homepage: 'https://github.com/karpathy/char-rnn',
    },
    {
      name: 'input.txt',
      mirrors: ['https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt'],
      bytes: 1_115_394,
      checksum: read('86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed'),
    },
    {
      whole: {
        names: ['tinyshakespeare.txt'],
        content: read('86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed'),
      },
    },
    ['tinyshakespeare'],
  ),
};
