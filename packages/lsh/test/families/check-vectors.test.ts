import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { bindHasher, type DenseVectors, simHash, type SparseVectors } from '../../src/index.ts';
import { dense, normals, sparse } from '../vectors.ts';

const team = Team.single(new Arena());
const { arena } = team;
const plain = bindHasher(simHash({ bits: 2, tables: 3 }), { dimensions: 5, tailWidth: 0, seed: 1, team });
const tailed = bindHasher(simHash({ bits: 2, tables: 3 }), { dimensions: 5, tailWidth: 2, seed: 1, team });
const rows = normals(4, 5, 1);
const target = { codes: arena.uint32(12), stride: 4 };

describe('dense vectors', () => {
  const vectors = dense(arena, rows);
  test.each<[string, Partial<DenseVectors>, string]>([
    ['of another width', { width: 4 }, 'Vectors to hash have 5 dimensions; got 4.'],
    ['that overlap', { stride: 4 }, 'Rows of 5 values are 5 or more apart; got a stride of 4.'],
    [
      'that end early',
      { values: vectors.values.subarray(0, 19) },
      '4 vectors need 20 elements in `values`; there are 19.',
    ],
    ['outside of the arena', { values: new Float32Array(20) }, 'This array is not in the arena'],
  ])('%s', (_, change, message) => {
    expect(() => plain.hash({ ...vectors, ...change }, 4, target)).toThrow(message);
  });
});

describe('sparse vectors', () => {
  const vectors = sparse(arena, rows);
  test.each<[string, Partial<SparseVectors>, string]>([
    [
      'offsets',
      { offsets: vectors.offsets.subarray(0, 4) },
      '4 vectors need 5 elements in `offsets`; there are 4.',
    ],
    ['ids', { ids: vectors.ids.subarray(1) }, '4 vectors need 20 elements in `ids`; there are 19.'],
    [
      'values',
      { values: vectors.values.subarray(1) },
      '4 vectors need 20 elements in `values`; there are 19.',
    ],
  ])('with too few %s', (_, change, message) => {
    expect(() => plain.hashSparse({ ...vectors, ...change }, 4, target)).toThrow(message);
  });
});

test.each([
  [[0, 5, 4, 15, 20], 'Offsets of sparse vectors ascend from 0 or more; got 4 after 5.'],
  [[-1, 5, 10, 15, 20], 'Offsets of sparse vectors ascend from 0 or more; got -1 after 0.'],
])('offsets %j', (offsets, message) => {
  const vectors = sparse(arena, rows);
  vectors.offsets.set(offsets);
  expect(() => plain.hashSparse(vectors, 4, target)).toThrow(message);
});

describe('ids of non-zeros', () => {
  test.each([-1, 5])('%i', (id) => {
    const vectors = sparse(arena, rows);
    vectors.ids[7] = id;
    expect(() => plain.hashSparse(vectors, 4, target)).toThrow(
      `Ids of non-zeros are from 0 to 4; got ${id}.`,
    );
  });

  test('that belong to other vectors are not looked at', () => {
    const vectors = sparse(arena, rows);
    vectors.ids[19] = 99;
    plain.hashSparse(vectors, 3, target);
    vectors.ids[0] = 99;
    const offsets = vectors.offsets.subarray(1);
    expect(() => plain.hashSparse({ ...vectors, offsets }, 2, target)).not.toThrow();
  });
});

describe('tails', () => {
  const forms = [
    ['dense', (tail: object) => tailed.hash({ ...dense(arena, rows), ...tail }, 4, target)],
    ['sparse', (tail: object) => tailed.hashSparse({ ...sparse(arena, rows), ...tail }, 4, target)],
  ] as const;

  test.each(forms)('%s vectors without the tail that they need', (_, hash) => {
    expect(() => hash({})).toThrow(new TypeError('These vectors need a tail of 2 coordinates each.'));
  });

  test.each(forms)('%s vectors with a tail of another width', (_, hash) => {
    expect(() => hash({ tail: arena.float32(8), tailWidth: 1 })).toThrow(
      'A tail has 2 coordinates for each vector; got 1.',
    );
  });

  test.each(forms)('%s vectors with too short a tail', (_, hash) => {
    expect(() => hash({ tail: arena.float32(7) })).toThrow(
      '4 vectors need 8 elements in `tail`; there are 7.',
    );
  });
});

describe('where codes go', () => {
  test.each([
    [{ codes: arena.uint32(11), stride: 4 }, '4 vectors need 12 elements in `codes`; there are 11.'],
    [{ codes: arena.uint32(99), stride: 3 }, 'The codes of 4 vectors from 0 on do not fit into 3 a table.'],
    [{ codes: arena.uint32(99), stride: 6, first: 3 }, '4 vectors from 3 on do not fit into 6 a table.'],
    [{ codes: arena.uint32(99), stride: 9, first: -1 }, '4 vectors from -1 on do not fit into 9 a table.'],
  ])('%o', (wrong, message) => {
    expect(() => plain.hash(dense(arena, rows), 4, wrong)).toThrow(message);
    expect(() => plain.hashSparse(sparse(arena, rows), 4, wrong)).toThrow(message);
  });
});
