import { loadXc } from '../../formats/xc.ts';
import type { SparseDataset, Split } from '../../types.ts';
import type { Checksum } from '../download/checksum.ts';
import type { DatasetSize, Definition, Definitions } from '../definition.ts';
import { read } from './checksums.ts';

/** Sets of the Extreme Classification Repository: sparse rows with any number of labels. */
export type LabelSetName =
  | 'bibtex'
  | 'mediamill'
  | 'delicious'
  | 'eurlex-4k'
  | 'wiki10-31k'
  | 'amazoncat-13k'
  | 'delicious-200k'
  | 'wikilshtc-325k'
  | 'amazon-670k'
  | 'amazon-3m';

const REPOSITORY = 'http://manikvarma.org/downloads/XC/XMLRepository.html';
const BHATIA =
  'K. Bhatia, K. Dahiya, H. Jain, P. Kar, A. Mittal, Y. Prabhu, M. Varma: The extreme classification repository (2016)';

/** The files are on Google Drive, which shows a page to programs. */
function xc(
  name: LabelSetName,
  title: string,
  description: string,
  [columns, classes, train, test]: readonly [number, number, number, number],
  origin: string,
  /** What older archives of the repository call the set. */
  oldName: string,
  contents: { readonly train?: Checksum; readonly test?: Checksum } = {},
): Definition<Split<SparseDataset>> {
  const size: DatasetSize = { train, test, columns, classes };
  const part = (
    which: 'train' | 'test',
    content: Checksum | undefined,
  ): { file: string; names: string[]; content?: Checksum } => ({
    file: `${which}.txt`,
    names: [`${name}_${which}.txt`, `${oldName}_${which}.txt`],
    ...(content && { content }),
  });
  return {
    kind: 'labels',
    description,
    size,
    licence: 'none stated; cite the repository and the source',
    citation: `${BHATIA}; ${origin}`,
    homepage: REPOSITORY,
    files: [
      { name: 'train.txt', mirrors: [] },
      { name: 'test.txt', mirrors: [] },
    ],
    byHand: `Download "BoW Features" of ${title} from ${REPOSITORY}, and put its train.txt and test.txt there.`,
    takes: ['train', 'test', 'seed'],
    folders: [name, title, `${title}.bow`],
    sharedFolders: ['xc'],
    forms: [
      {
        parts: { train: part('train', contents.train), test: part('test', contents.test) },
        async read(reading) {
          const [trainPart, testPart] = [await reading.open('train'), await reading.open('test')];
          const { signal } = reading;
          return loadXc(
            { name, train: trainPart.input, test: testPart.input },
            { ...(signal && { signal }) },
          );
        },
      },
    ],
  };
}

/** By the statistics of the repository's page. */
export const LABEL_SETS: Definitions<LabelSetName, Split<SparseDataset>> = {
  bibtex: xc(
    'bibtex',
    'Bibtex',
    'tags of entries of bibliographies',
    [1_836, 159, 4_880, 2_515],
    'I. Katakis, G. Tsoumakas, I. Vlahavas: Multilabel text classification for automated tag suggestion (2008)',
    'bibtex',
    {
      train: read('b4ea0ea4064004fa7b9a83fba84563ac3cac1971462a3633deb58f5d968f8d54'),
      test: read('8362a26a8a35e23a9da6f271ff4ed077152907cb11ee4646daf34d21cce5b32b'),
    },
  ),
  mediamill: xc(
    'mediamill',
    'Mediamill',
    'concepts in news videos',
    [120, 101, 30_993, 12_914],
    'C. G. M. Snoek et al.: The challenge problem for automated detection of 101 semantic concepts in multimedia (2006)',
    'mediamill',
  ),
  delicious: xc(
    'delicious',
    'Delicious',
    'tags of web pages',
    [500, 983, 12_920, 3_185],
    'G. Tsoumakas, I. Katakis, I. Vlahavas: Effective and efficient multilabel classification in domains with large number of labels (2008)',
    'delicious',
    {
      train: read('005c44b460140df1b317343d71a983e59634b754be2093aac2ad624a709bd061'),
      test: read('3e077a8c72dce2f850abfbf551dbefdb6de7bbe3d4da286ac6ea49b87183fb76'),
    },
  ),
  'eurlex-4k': xc(
    'eurlex-4k',
    'EURLex-4K',
    'subjects of laws of the European Union',
    [5_000, 3_993, 15_539, 3_809],
    'E. Loza Mencía, J. Fürnkranz: Efficient pairwise multilabel classification for large-scale problems in the legal domain (2008)',
    'eurlex',
  ),
  'wiki10-31k': xc(
    'wiki10-31k',
    'Wiki10-31K',
    'tags of articles of Wikipedia',
    [101_938, 30_938, 14_146, 6_616],
    'A. Zubiaga: Enhancing navigation on Wikipedia with social tags (2009)',
    'wiki10',
  ),
  'amazoncat-13k': xc(
    'amazoncat-13k',
    'AmazonCat-13K',
    'categories of products',
    [203_882, 13_330, 1_186_239, 306_782],
    'J. McAuley, J. Leskovec: Hidden factors and hidden topics (2013)',
    'amazonCat',
  ),
  'delicious-200k': xc(
    'delicious-200k',
    'Delicious-200K',
    'tags of web pages, very many',
    [782_585, 205_443, 196_606, 100_095],
    'R. Wetzker, C. Zimmermann, C. Bauckhage: Analyzing social bookmarking systems (2008)',
    'deliciousLarge',
  ),
  'wikilshtc-325k': xc(
    'wikilshtc-325k',
    'WikiLSHTC-325K',
    'categories of articles of Wikipedia',
    [1_617_899, 325_056, 1_778_351, 587_084],
    'I. Partalas et al.: LSHTC: a benchmark for large-scale text classification (2015)',
    'wikiLSHTC',
  ),
  'amazon-670k': xc(
    'amazon-670k',
    'Amazon-670K',
    'products that are bought together',
    [135_909, 670_091, 490_449, 153_025],
    'J. McAuley, J. Leskovec: Hidden factors and hidden topics (2013)',
    'amazon',
  ),
  'amazon-3m': xc(
    'amazon-3m',
    'Amazon-3M',
    'products that are bought or looked at together',
    [337_067, 2_812_281, 1_717_899, 742_507],
    'J. McAuley, C. Targett, Q. Shi, A. van den Hengel: Image-based recommendations on styles and substitutes (2015)',
    'amazon-3M',
  ),
};
