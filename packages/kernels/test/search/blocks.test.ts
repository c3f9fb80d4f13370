import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { BLOCK_SLOTS, signatureBytes } from '../../src/index.ts';
import {
  type BlockVector,
  copyPlaces,
  fillBlock,
  type PlainBlocks,
  vectorAt,
} from '../../src/reference/index.ts';
import {
  makeBlocks,
  makeStaged,
  placeBlocks,
  type PlacedBlocks,
  placesOf,
  placeStaged,
} from '../block-cases.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, expect, seeds } from '../check.ts';
import { codes, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const shapes = fc.record({
  bands: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  size: fc.constantFrom(1, 7, 16, 37, 256),
  width: fc.integer({ min: 1, max: 16 }),
  words: fc.integer({ min: 1, max: 5 }),
  rows: fc.boolean(),
  exact: fc.boolean(),
});

/**
 * Reads the vector in a slot as assembly/search/blocks.ts says that it lies there: signatures apart, byte by byte, sixteen vectors
 * side by side; entries of codes, scale, sum, id and length; rows.
 */
function readSlot(
  { stride, words, rows }: PlainBlocks,
  { signatures, pieces, capacities }: PlacedBlocks,
  number: number,
  slot: number,
): Omit<BlockVector, 'row'> & { readonly sum: number; readonly row: Float32Array | undefined } {
  const { buffer, byteOffset } = pieces[number];
  const capacity = capacities[number];
  const bytes = new Uint8Array(signatures[number].buffer, signatures[number].byteOffset);
  const signature = Uint8Array.from({ length: 64 * words }, (_, bit) => {
    const byte = Math.floor(slot / 16) * 16 * 8 * words + Math.floor(bit / 8) * 16 + (slot % 16);
    return (bytes[byte] >> (bit % 8)) & 1;
  });
  const entry = byteOffset + slot * (stride + 16);
  const rowsAt = byteOffset + capacity * (stride + 16);
  const [scale] = new Float32Array(buffer, entry + stride, 1);
  const [sum] = new Int32Array(buffer, entry + stride + 4, 1);
  const [id] = new Uint32Array(buffer, entry + stride + 8, 1);
  const [length] = new Float32Array(buffer, entry + stride + 12, 1);
  return {
    signature,
    codes: new Int8Array(buffer, entry, stride).slice(),
    scale,
    sum,
    id,
    length,
    row: rows ? new Float32Array(buffer, rowsAt + 4 * slot * stride, stride).slice() : undefined,
  };
}

/** All vectors as the arena has them, by place. */
function readAll(plain: PlainBlocks, placed: PlacedBlocks): unknown[] {
  return placesOf(plain).map((place) =>
    readSlot(plain, placed, Math.floor(place / BLOCK_SLOTS), place % BLOCK_SLOTS),
  );
}

/** The same as it should be. */
function expectedOf(plain: PlainBlocks): unknown[] {
  return placesOf(plain).map((place) => {
    const vector = vectorAt(plain, place);
    const sum = vector.codes.reduce((total, code) => total + code, 0);
    return { ...vector, sum, row: plain.rows ? vector.row : undefined };
  });
}

describe.each(BUILDS)('$name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('fillBlock writes signatures, entries and rows, and nothing else', () => {
    const cases = fc.tuple(shapes, seeds, fc.nat({ max: 40 }));
    check(cases, ([shape, seed, count]) => {
      const random = randomOf(seed);
      const plain = makeBlocks(random, shape);
      using memory = new Memory(arena);
      const placed = placeBlocks(memory, plain, count);
      const number = random.integer(plain.blocks.length);
      const { vectors } = plain.blocks[number];
      // Over some that are there, and after them, from the middle of what is staged on.
      const begin = random.integer(count + 1);
      const room = placed.capacities[number] - (count - begin);
      const first = random.integer(Math.min(vectors.length, room) + 1) - begin;
      const staged = makeStaged(random, { ...shape, count, scale: 1 });
      staged.ids.set(codes(random, count, 2 ** 32));
      // A projection of 0 counts as positive, whatever its sign.
      if (begin < count) staged.projections.set([0, -0], begin * 64 * shape.words);
      const at = placeStaged(memory, staged, plain.stride);
      kernels.fillBlock(placed.at, number, first, at, begin, count);
      memory.check();
      fillBlock(plain, number, first, staged, begin, count);
      expect(readAll(plain, placed)).toEqual(expectedOf(plain));
    });
  });

  test('copyPlaces copies all of each vector, and nothing else', () => {
    check(fc.tuple(shapes, seeds, fc.nat({ max: 20 })), ([shape, seed, count]) => {
      const random = randomOf(seed);
      const plain = makeBlocks(random, shape);
      using memory = new Memory(arena);
      const placed = placeBlocks(memory, plain);
      const places = placesOf(plain);
      const lists = [0, 1].map(() =>
        Int32Array.from({ length: count }, () => places[random.integer(places.length)]),
      );
      const [to, from] = lists.map((list) => memory.at(memory.int32(list)));
      kernels.copyPlaces(placed.at, to, from, 0, count);
      memory.check();
      copyPlaces(plain, lists[0], lists[1]);
      expect(readAll(plain, placed)).toEqual(expectedOf(plain));
    });
  });

  test('a block takes what its vectors take', () => {
    expect(signatureBytes(5)).toBe(256 * 40);
    expect(kernels.blockBytes(16, 48, 0)).toBe(16 * (48 + 16));
    expect(kernels.blockBytes(256, 48, 1)).toBe(256 * (48 + 16 + 4 * 48));
  });
});
