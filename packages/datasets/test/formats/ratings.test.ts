import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRatings, parseRatings } from '../../src/index.ts';
import type { Ratings, RatingsOptions } from '../../src/index.ts';

const HEADER = 'userId,movieId,rating,timestamp\n';
const EXPECTED: Ratings = {
  name: 'ratings',
  users: 2,
  items: 2,
  offsets: Int32Array.of(0, 1, 3),
  ids: Int32Array.of(0, 0, 1),
  values: Float32Array.of(0.5, 3.5, 4),
  userNames: Int32Array.of(2, 7),
  itemNames: Int32Array.of(10, 30),
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string, options: RatingsOptions = {}): Ratings =>
  parseRatings(bytes(text), { source: 'r.csv', ...options });

describe('parseRatings', () => {
  it.each([
    ['MovieLens', `${HEADER}7,30,4.0,964982703\r\n2,10,0.5,1\r\n7,10,3.5,2\r\n`],
    ['no header', '7,30,4.0,964982703\n2,10,0.5,1\n7,10,3.5,2'],
    ['two colons', '7::30::4::5\n2::10::.5::5\n7::10::3.5::5\n'],
    ['tabs', '7\t30\t4\t5\n2\t10\t.5\t5\n7\t10\t3.5\t5\n'],
    ['semicolons', '7;30;4;5\n2;10;.5;5\n7;10;3.5;5\n'],
    ['blanks after commas', `${HEADER}7, 30, 4.0, 5\n2, 10, 0.5, 1\n7, 10, 3.5, 2\n`],
    ['quotes', '"userId","movieId","rating"\n"7","30","4"\n"2","10","0.5"\n"7","10","3.5"\n'],
    ['other names, in another order', 'item_id,Rating,x,user_id\n30,4,?,7\n10,.5,?,2\n10,3.5,?,7\n'],
    ['a byte order mark, and empty lines at the end', `\uFEFF${HEADER}7,30,4\n2,10,.5\n7,10,3.5\n\n\r\n`],
  ])('reads tables with %s', (_, text) => {
    expect(parse(text)).toEqual(EXPECTED);
  });

  it('reads columns by place or name, and any ids', () => {
    const columns = { user: 2, item: 0, rating: 1 };
    expect(parse('30,4,7\n10,.5,2\n10,3.5,7\n', { columns })).toEqual(EXPECTED);
    const named = { user: 'wer', item: 'was', rating: 'wie' };
    expect(parse('was,wie,wer\n30,4,7\n10,.5,2\n10,3.5,7\n', { columns: named })).toEqual(EXPECTED);
    const texts = parse('A2SUAM1J3GNN3B,0000013714,5.0,1400457600\nA1,ñ,1,1\n', { ids: 'texts' });
    expect([texts.userNames, texts.itemNames]).toEqual([
      ['A1', 'A2SUAM1J3GNN3B'],
      ['0000013714', 'ñ'],
    ]);
    expect([...texts.ids]).toEqual([1, 0]);
    expect(parse('3000000000,1,1\n', { ids: 'texts' }).userNames).toEqual(['3000000000']);
  });

  it('keeps the first or the last of two ratings of an item', () => {
    const text = '7,30,1\n2,10,.5\n7,30,4\n7,10,9\n7,10,3.5\n';
    expect(parse(text, { duplicates: 'last' })).toEqual(EXPECTED);
    expect([...parse(text, { duplicates: 'first' }).values]).toEqual([0.5, 9, 1]);
  });

  it('gives what sorting objects gives, whatever was rated', () => {
    const anyRatings = fc.uniqueArray(
      fc.tuple(fc.nat(40), fc.nat(1_000_000), fc.integer({ min: 1, max: 10 })),
      {
        selector: ([user, item]) => `${user},${item}`,
        minLength: 1,
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(anyRatings, (ratings) => {
        const { offsets, ids, values, userNames, itemNames } = parse(
          ratings.map((rating) => rating.join(',')).join('\n'),
        );
        const read = Array.from(userNames as Int32Array, (user, u) =>
          Array.from(ids.subarray(offsets[u], offsets[u + 1]), (item, j) => [
            user,
            itemNames[item],
            values[offsets[u]! + j],
          ]),
        ).flat();
        expect(read).toEqual(ratings.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
      }),
    );
  });

  it.each([
    ['', 'expected ratings, found none.'],
    [HEADER, 'expected ratings, found none.'],
    [
      'user,movie\n1,2,3,4\n',
      'line 1: expected a header with a user, an item and a rating, or three numbers, found "user,movie": say columns.',
    ],
    [
      'userId,movieId,ratingless\n1,2,3\n',
      'line 1: expected a header with a user, an item and a rating, or three numbers, found "userId,movieId,ratingless": say columns.',
    ],
    [
      `${HEADER}x,2,3\n`,
      'line 2, column 1: expected a user, a whole number up to 2147483647 (or say ids: \'texts\'), found "x".',
    ],
    [
      `${HEADER}1,2,3\n1,-2,3\n`,
      'line 3, column 3: expected an item, a whole number up to 2147483647 (or say ids: \'texts\'), found "-2".',
    ],
    [
      `${HEADER}1,3000000000,3\n`,
      'line 2, column 3: expected an item, a whole number up to 2147483647 (or say ids: \'texts\'), found "3000000000".',
    ],
    [`${HEADER}1,2\n`, 'line 2, column 4: expected a rating, a finite number, found "".'],
    [`${HEADER}1,2,1e39\n`, 'line 2, column 5: expected a rating, a finite number, found "1e39".'],
    [`${HEADER}1,2,3\n\n1,3,3\n`, 'line 3: expected a rating, found an empty line.'],
    [
      `${HEADER}1,2,3,0\n9,9,9,9\n1,2,4,0\n`,
      'line 4: user 1 rated item 2 in line 2 already: say duplicates to keep one.',
    ],
    ['1,2,3,0\n1,2,4,0\n', 'line 2: user 1 rated item 2 in line 1 already: say duplicates to keep one.'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(new Error(`r.csv: ${message}`));
  });

  it('says in one short line what a file of another kind is', () => {
    const json = JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ user: i })));
    expect(() => parse(json)).toThrow(/^.{1,200}$/);
    expect(() => parse('PK\x03\x04\x14')).toThrow('r.csv: expected ratings, found a zip archive.');
    expect(() => parse('\x00\x01\x02'.repeat(200))).toThrow(/^r\.csv: line 1: [\x20-\x7e…]{1,180}$/);
  });

  it('refuses options that there are not', () => {
    expect(() => parse('1,2,3', { ids: 'words' as 'texts' })).toThrow(
      "ids are 'numbers' or 'texts'; got words.",
    );
    expect(() => parse('1,2,3', { duplicates: 'mean' as 'last' })).toThrow(
      "duplicates is 'refuse', 'first' or 'last'; got mean.",
    );
    const columns = { user: 0, item: 1, rating: 5 };
    expect(() => parse('1,2,3', { columns })).toThrow(
      'r.csv: line 1: expected a column 5, found "1,2,3": say columns.',
    );
  });
});

it('loads what comes in pieces of any size', async () => {
  const text = bytes(`${HEADER}7,30,4.0,964982703\r\n2,10,0.5,1\r\n7,10,3.5,2`);
  for (const size of [1, 5, 17]) {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
    }
    expect(await loadRatings(pieces())).toEqual(EXPECTED);
  }
});

it.each([
  ['users one after the other', ['1,9,1', '1,8,1', '2,5,1', '2,3,1', '2,4,1', '2,3,2'], 6, 4],
  ['users in turns', ['2,5,1', '1,9,1', '2,3,1', '1,8,1', '2,4,1', '2,3,2'], 6, 3],
])('names both lines that rate an item, %s', (_, lines, second, first) => {
  const text = new TextEncoder().encode(lines.join('\n'));
  expect(() => parseRatings(text)).toThrow(`line ${second}: user 2 rated item 3 in line ${first} already`);
  const { ids, values, offsets, itemNames } = parseRatings(text, { duplicates: 'last' });
  expect([...offsets]).toEqual([0, 2, 5]);
  expect(Array.from(ids, (id) => itemNames[id])).toEqual([8, 9, 3, 4, 5]);
  expect([...values]).toEqual([1, 1, 2, 1, 1]);
});
