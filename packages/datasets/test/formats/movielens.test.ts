import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { movieLens, parseRatings } from '../../src/index.ts';
import type { Ratings } from '../../src/index.ts';
import { realData, realPath } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const RATINGS = 'userId,movieId,rating,timestamp\r\n7,30,4.0,964982703\r\n2,10,0.5,1\r\n7,10,3.5,2\r\n';
const MOVIES =
  'movieId,title,genres\r\n10,"Old ""Uns"", The (1995)",Comedy\r\n20,Never Rated,Drama\r\n30,Heat (1995),Action\r\n';

const parse = (text: string): Ratings => parseRatings(new TextEncoder().encode(text), { source: 'r.csv' });

describe('parseRatings', () => {
  it('numbers users and movies in their order, and sorts each row', () => {
    expect(parse(RATINGS)).toEqual({
      name: 'ratings',
      users: 2,
      items: 2,
      offsets: Int32Array.of(0, 1, 3),
      ids: Int32Array.of(0, 0, 1),
      values: Float32Array.of(0.5, 3.5, 4),
      userNames: Int32Array.of(2, 7),
      itemNames: Int32Array.of(10, 30),
    });
  });

  it.each([
    [
      'user,movie\n1,2,3,4\n',
      'r.csv: line 1: expected the header "userId,movieId,rating,timestamp", found "user,movie".',
    ],
    [
      'userId,movieId,rating\nx,2,3\n',
      'r.csv: line 2, column 1: expected a user, a whole number, found "x".',
    ],
    [
      'userId,movieId,rating\n1,2,3\n1,-2,3\n',
      'r.csv: line 3, column 3: expected a movie, a whole number, found "-2".',
    ],
    [
      'userId,movieId,rating\n1,2\n',
      'r.csv: line 2, column 4: expected a rating, a finite number, found "".',
    ],
    [
      'userId,movieId,rating\n1,2,3,0\n9,9,9,9\n1,2,4,0\n',
      'r.csv: line 4: user 1 rated movie 2 in line 2 already.',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(new Error(message));
  });
});

describe('movieLens', () => {
  it('reads a folder, packed or not, with titles where there are any', () => {
    const folder = temporaryFolder({ 'ratings.csv.gz': gzipSync(RATINGS), 'movies.csv': MOVIES });
    expect(movieLens(folder)).toEqual({
      ...parse(RATINGS),
      name: 'movielens',
      titles: ['Old "Uns", The (1995)', 'Heat (1995)'],
    });
    expect(movieLens(temporaryFolder({ 'ratings.csv': RATINGS })).titles).toEqual(['', '']);
    expect(() => movieLens(temporaryFolder())).toThrow(
      /^There is no ratings.csv, nor ratings.csv.gz or .br, in /,
    );
  });

  it.skipIf(!realData)('reads MovieLens latest-small', () => {
    const { users, items, ids, titles, offsets } = movieLens(realPath('ml-latest-small'));
    expect([users, items, ids.length, offsets[users]]).toEqual([610, 9724, 100_836, 100_836]);
    expect([titles[0], titles.filter((title) => title === '').length]).toEqual(['Toy Story (1995)', 0]);
  });
});
