import { loadMovieLens, type MovieLens } from '../../formats/movielens.ts';
import { requireNodeModule } from '../../node.ts';
import type { Checksum } from '../download/checksum.ts';
import type { DatasetSize, Definition, Definitions, Part } from '../definition.ts';
import { cited, read } from './checksums.ts';

/** MovieLens sets. */
export type RatingSetName =
  | 'movielens-100k'
  | 'movielens-1m'
  | 'movielens-10m'
  | 'movielens-25m'
  | 'movielens-latest-small';

function movieLens(
  name: RatingSetName,
  size: DatasetSize,
  archive: { readonly name: string; readonly bytes?: number; readonly checksum: Checksum },
  files: {
    readonly inside: string;
    readonly ratings: string;
    readonly titles: string;
    readonly contents?: readonly Checksum[];
  },
): Definition<MovieLens> {
  const part = (file: string, content: Checksum | undefined): Part => ({
    file: archive.name,
    entry: `${files.inside}/${file}`,
    ...(content && { content }),
  });
  return {
    kind: 'ratings',
    description: 'who rated which film how',
    size,
    licence: 'for research, not commercial, not to be passed on without permission; see its README',
    citation:
      'F. Maxwell Harper, Joseph A. Konstan: The MovieLens datasets: history and context. ACM TiiS 5 (2015)',
    homepage: 'https://grouplens.org/datasets/movielens/',
    files: [{ ...archive, mirrors: [`https://files.grouplens.org/datasets/movielens/${archive.name}`] }],
    takes: [],
    folders: [name, files.inside],
    forms: [
      {
        parts: {
          ratings: part(files.ratings, files.contents?.[0]),
          titles: part(files.titles, files.contents?.[1]),
        },
        async read(reading) {
          const { path, entry } = await reading.get('ratings');
          const folder = entry === undefined ? requireNodeModule('node:path').dirname(path) : path;
          const { signal } = reading;
          return { ...(await loadMovieLens(folder, { ...(signal && { signal }) })), name };
        },
      },
    ],
  };
}

/** By the READMEs of the sets; items are films that somebody rated. */
export const RATING_SETS: Definitions<RatingSetName, MovieLens> = {
  'movielens-100k': movieLens(
    'movielens-100k',
    { users: 943, items: 1_682, ratings: 100_000 },
    {
      name: 'ml-100k.zip',
      bytes: 4_924_029,
      checksum: cited('tfds', '50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229'),
    },
    { inside: 'ml-100k', ratings: 'u.data', titles: 'u.item' },
  ),
  'movielens-1m': movieLens(
    'movielens-1m',
    { users: 6_040, items: 3_706, ratings: 1_000_209 },
    {
      name: 'ml-1m.zip',
      bytes: 5_917_549,
      checksum: cited('tfds', 'a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20'),
    },
    { inside: 'ml-1m', ratings: 'ratings.dat', titles: 'movies.dat' },
  ),
  'movielens-10m': movieLens(
    'movielens-10m',
    { users: 69_878, items: 10_677, ratings: 10_000_054 },
    { name: 'ml-10m.zip', checksum: cited('papersWithCode', 'ce571fd55effeba0271552578f2648bd', 'md5') },
    { inside: 'ml-10M100K', ratings: 'ratings.dat', titles: 'movies.dat' },
  ),
  'movielens-25m': movieLens(
    'movielens-25m',
    { users: 162_541, items: 59_047, ratings: 25_000_095 },
    {
      name: 'ml-25m.zip',
      bytes: 261_978_986,
      checksum: cited('tfds', '8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa'),
    },
    { inside: 'ml-25m', ratings: 'ratings.csv', titles: 'movies.csv' },
  ),
  'movielens-latest-small': movieLens(
    'movielens-latest-small',
    { users: 610, items: 9_724, ratings: 100_836 },
    {
      name: 'ml-latest-small.zip',
      bytes: 978_202,
      checksum: cited('tfds', '696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436'),
    },
    {
      inside: 'ml-latest-small',
      ratings: 'ratings.csv',
      titles: 'movies.csv',
      contents: [
        'aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646',
        '5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07',
      ].map(read),
    },
  ),
};
