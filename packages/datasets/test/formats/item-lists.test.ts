import { describe, expect, it } from 'vitest';
import { loadItemLists, parseItemLists } from '../../src/index.ts';
import type { ItemListsOptions, Ratings } from '../../src/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string, options: ItemListsOptions = {}): Ratings =>
  parseItemLists(bytes(text), { source: 'train.txt', ...options });

describe('parseItemLists', () => {
  it('keeps the numbers of users and items, also of those that have none', () => {
    expect(parse('0 3 1\n2 0 \r\n3\n')).toEqual({
      name: 'lists',
      users: 4,
      items: 4,
      offsets: Int32Array.of(0, 2, 2, 3, 3),
      ids: Int32Array.of(1, 3, 0),
      values: Float32Array.of(1, 1, 1),
      userNames: Int32Array.of(0, 1, 2, 3),
      itemNames: Int32Array.of(0, 1, 2, 3),
    });
    expect([...parse('0 1 1 0\n', { duplicates: 'drop' }).ids]).toEqual([0, 1]);
  });

  it.each([
    ['', 'expected lists of items, found none.'],
    ['a 1\n', 'line 1, column 1: expected a user, a whole number, found "a".'],
    ['0 1,2\n', 'line 1, column 3: expected an item, a whole number, found "1,2".'],
    ['0 1\n0 2\n', 'line 2: user 0 has a line already: found "0 2".'],
    ['0 1 2 1\n', 'line 1: user 0 has item 1 twice: say duplicates to drop one.'],
    [
      '0 2000000000\n',
      'expected items numbered from 0 without many gaps, found number 2000000000 among 2 in all.',
    ],
    [
      '2000000000 1\n',
      'expected users numbered from 0 without many gaps, found number 2000000000 among 2 in all.',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(new Error(`train.txt: ${message}`));
  });
});

it('gives both parts the users and items of the two', async () => {
  const { train, test } = await loadItemLists({
    train: bytes('0 5\n'),
    test: bytes('3 1\n'),
    name: 'gowalla',
  });
  expect([train.name, train.users, train.items, test.users, test.items]).toEqual(['gowalla', 4, 6, 4, 6]);
  expect([...test.offsets]).toEqual([0, 0, 0, 0, 1]);
});
