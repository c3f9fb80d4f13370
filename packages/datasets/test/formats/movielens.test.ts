import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { loadMovieLens, parseRatings } from '../../src/index.ts';
import type { Ratings } from '../../src/index.ts';
import { zipOf } from '../helpers/packed.ts';
import { realData, realPath } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const RATINGS = 'userId,movieId,rating,timestamp\r\n7,30,4.0,964982703\r\n2,10,0.5,1\r\n7,10,3.5,2\r\n';
const MOVIES =
  'movieId,title,genres\r\n10,"Old ""Uns"", The (1995)",Comedy\r\n20,Never Rated,Drama\r\n30,Heat (1995),Action\r\n';
const TITLES = ['Old "Uns", The (1995)', 'Heat (1995)'];

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const parse = (text: string): Ratings => parseRatings(new TextEncoder().encode(text), { name: 'set' });

/** The titles that a file of films gives to the films that were rated. */
const titlesOf = async (movies: string | Uint8Array): Promise<readonly string[]> =>
  (await loadMovieLens(temporaryFolder({ 'ratings.csv': RATINGS, 'movies.csv': movies }))).titles;

describe('loadMovieLens', () => {
  it('reads a folder, packed or not, or a zip archive, with titles where there are any', async () => {
    const folder = temporaryFolder({ 'ratings.csv.gz': gzipSync(RATINGS), 'movies.csv': MOVIES });
    const expected = { ...parse(RATINGS), titles: TITLES };
    expect(await loadMovieLens(folder, { name: 'set' })).toEqual(expected);
    const bare = temporaryFolder({ 'ratings.csv': RATINGS });
    expect((await loadMovieLens(bare)).titles).toEqual(['', '']);
    const archive = temporaryFolder({
      'ml-25m.zip': zipOf({
        'ml-25m/ratings.csv': RATINGS,
        'ml-25m/movies.csv': MOVIES,
        'ml-25m/tags.csv': 'x',
      }),
    });
    expect(await loadMovieLens(`${archive}/ml-25m.zip`)).toEqual({ ...expected, name: 'ml-25m' });
  });

  it('reads 1M and 10M, with :: and titles in Latin-1', async () => {
    const folder = temporaryFolder({
      'ratings.dat': '7::30::4::964982703\n2::10::0.5::1\n7::10::3.5::2\n',
      'movies.dat': latin1('10::Misérables, Les (1995)::Drama|Musical\n30::Heat (1995)::Action\n'),
      'users.dat': '1::F::1::10::48067\n',
    });
    const ratings = await loadMovieLens(folder, { name: 'set' });
    expect(ratings).toEqual({ ...parse(RATINGS), titles: ['Misérables, Les (1995)', 'Heat (1995)'] });
  });

  it('reads 100K, with tabs and u.item', async () => {
    const folder = temporaryFolder({
      'u.data': '7\t30\t4\t964982703\n2\t10\t0.5\t1\n7\t10\t3.5\t2\n',
      'u.item': latin1(
        '10|Misérables, Les (1995)|01-Jan-1995||http://us|0|1\n30|Heat (1995)|01-Jan-1995||x|0|1\n',
      ),
    });
    const ratings = await loadMovieLens(folder, { name: 'set' });
    expect(ratings).toEqual({ ...parse(RATINGS), titles: ['Misérables, Les (1995)', 'Heat (1995)'] });
  });

  it('says what it looked for', async () => {
    const folder = temporaryFolder();
    await expect(loadMovieLens(folder)).rejects.toThrow(
      `${folder}: there are no ratings of MovieLens: expected ratings.csv, ratings.dat (1M, 10M) or u.data (100K), also as .gz.`,
    );
    const file = temporaryFolder({ 'ratings.csv': RATINGS });
    await expect(loadMovieLens(`${file}/ratings.csv`)).rejects.toThrow(
      'it is neither a folder nor a zip or tar archive.',
    );
    await expect(loadMovieLens('/nowhere')).rejects.toThrow('/nowhere: there is no such folder or archive.');
  });

  it.each([
    [
      'a quote within a field',
      '4,"Unescaped "Quotes", The (1999)",Drama\n',
      'line 2: expected a quote only around a field',
    ],
    ['no number', 'x,Title,Drama\n', 'line 2: expected a film\'s number and its title, found "x".'],
    ['no title', '4\n', 'line 2: expected a film\'s number and its title, found "4".'],
  ])('refuses films with %s', async (_, row, message) => {
    const folder = temporaryFolder({ 'ratings.csv': RATINGS, 'movies.csv': `movieId,title,genres\n${row}` });
    await expect(loadMovieLens(folder)).rejects.toThrow(`${folder}/movies.csv: ${message}`);
  });

  it('reads titles in quotes with an end of line, quoted numbers, and titles in Latin-1', async () => {
    expect(await titlesOf('"movieId","title","genres"\n"10","Two\nlines",x\n"30",b\n')).toEqual([
      'Two\nlines',
      'b',
    ]);
    expect(await titlesOf(latin1('movieId,title\n10,Misérables\n'))).toEqual(['Misérables', '']);
    await expect(titlesOf('<!DOCTYPE html><html></html>')).rejects.toThrow(
      'movies.csv: line 1: expected the header "movieId,title,genres"',
    );
  });

  it.skipIf(!realData)('reads MovieLens latest-small', async () => {
    const { users, items, ids, titles, offsets } = await loadMovieLens(realPath('ml-latest-small'));
    expect([users, items, ids.length, offsets[users]]).toEqual([610, 9724, 100_836, 100_836]);
    expect([titles[0], titles.filter((title) => title === '').length]).toEqual(['Toy Story (1995)', 0]);
  });
});
