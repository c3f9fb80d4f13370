import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Arena, drawNormals, randomStream, type RandomStream, Team } from '../../src/index.ts';
import { drawNormals as referenceNormals } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { Memory } from '../memory.ts';

/** More than are drawn at a time, and an odd number; a width that is no multiple of four numbers. */
const [MANY, WIDTH, STRIDE, DEVIATION] = [70_001, 13, 16, 0.37];

/** Rows as the stream gives them, number by number, after `before` of them. */
function oneByOne(
  stream: RandomStream,
  width: number,
  stride: number,
  before: number,
  count: number,
): Float32Array {
  for (let i = 0; i < before; i++) stream.normal();
  const out = new Float32Array(Math.ceil(count / width) * stride);
  for (let i = 0; i < count; i++)
    out[Math.floor(i / width) * stride + (i % width)] = DEVIATION * stream.normal();
  return out;
}

describe('normal numbers of a stream', () => {
  test.each([1, 2, 4])('are those that it gives one by one, to the bit (threads: %d)', async (threads) => {
    using arena = new Arena();
    using team = await Team.create(arena, { threads });
    const [stream, other] = [randomStream(3, 'normals'), randomStream(3, 'normals')];
    const expected = oneByOne(other, WIDTH, STRIDE, 0, MANY);
    const out = arena.float32(expected.length);
    const before = arena.usedBytes;
    drawNormals(team, { out, stride: STRIDE, width: WIDTH, deviation: DEVIATION, first: 0, stream }, MANY);
    expect(out).toEqual(expected);
    expect(stream.state()).toEqual(other.state());
    expect(arena.usedBytes).toBe(before);
  });

  test('are the same in pieces of any size, from any position, in rows of any width', () => {
    const cases = fc.record({
      seed: seeds,
      before: fc.integer({ min: 0, max: 3 }),
      pieces: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 }),
      width: fc.integer({ min: 1, max: 9 }),
      gap: fc.integer({ min: 0, max: 3 }),
    });
    using arena = new Arena();
    using team = Team.single(arena);
    check(cases, ({ seed, before, pieces, width, gap }) => {
      const [stream, other] = [randomStream(seed, 'normals'), randomStream(seed, 'normals')];
      const stride = width + gap;
      const count = pieces.reduce((sum, piece) => sum + piece, 0);
      const expected = oneByOne(other, width, stride, before, count);
      const out = arena.float32(expected.length);
      for (let i = 0; i < before; i++) stream.normal();
      let first = 0;
      for (const piece of pieces) {
        drawNormals(team, { out, stride, width, deviation: DEVIATION, first, stream }, piece);
        first += piece;
      }
      expect(out).toEqual(expected);
      expect(stream.state()).toEqual(other.state());
      arena.free(out);
    });
  });

  test('need room for themselves, and for the work', () => {
    using arena = new Arena({ shared: false, capacity: 2 ** 17 });
    using team = Team.single(arena);
    const stream = randomStream(1, 'normals');
    const [state, drawn] = [stream.state(), { stride: STRIDE, width: WIDTH, deviation: 1, stream }];
    const out = arena.float32(2 * STRIDE);
    expect(() => drawNormals(team, { ...drawn, out: out.subarray(0, 17), first: 5 }, 10)).toThrow(
      new RangeError('drawNormals: out has 17 elements, and 18 are needed.'),
    );
    using small = new Arena({ shared: false, capacity: 2 ** 17 });
    using other = Team.single(small);
    const full = small.float32((2 ** 17 - 2 ** 13) / 4);
    expect(() => drawNormals(other, { ...drawn, out: full, first: 0 }, 10_000)).toThrow(
      /^No room for an array/,
    );
    expect(stream.state()).toEqual(state);
    stream.normal();
    const held = stream.state();
    expect(() => drawNormals(team, { ...drawn, out: new Float32Array(32), first: 0 }, 10)).toThrow(TypeError);
    for (const [name, least] of [['first', 0] as const, ['width', 1] as const, ['stride', WIDTH] as const]) {
      for (const wrong of [least - 1, least + 0.5, NaN]) {
        expect(() => drawNormals(team, { ...drawn, out, first: 0, [name]: wrong }, 10)).toThrow(
          new RangeError(`drawNormals: ${name} is an integer of ${least} or more; got ${wrong}.`),
        );
      }
    }
    expect(() => drawNormals(team, { ...drawn, out, first: 0 }, -1)).toThrow(
      'count is an integer of 0 or more',
    );
    expect(stream.state()).toEqual(held);
    expect(full.every((number) => number === 0)).toBe(true);
  });
});

describe.each(BUILDS)('$name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('points are those of the stream that lie in the disc', () => {
    check(fc.tuple(seeds, fc.integer({ min: 0, max: 40 })), ([seed, count]) => {
      const stream = randomStream(seed, 'points');
      const [low0, high0, low1, high1] = [1, 0, 3, 2].map((word) => stream.state()[word]);
      using memory = new Memory(arena);
      const state = memory.int32([low0, high0, low1, high1]);
      const points = memory.float64(new Float64Array(2 * count));
      kernels.drawPoints(memory.at(points), memory.at(state), count);
      memory.check();
      const expected: number[] = [];
      while (expected.length < 2 * count) {
        const [x, y] = [2 * stream.uniform() - 1, 2 * stream.uniform() - 1];
        if (x * x + y * y <= 1) expected.push(x, y);
      }
      expect(Array.from(points)).toEqual(expected);
      expect([1, 0, 3, 2].map((word) => state[word])).toEqual(stream.state());
    });
  });

  test('points of the disc make pairs, in rows of any width', () => {
    const points = fc.array(fc.tuple(radii, angles), { minLength: 1, maxLength: 9 });
    const cases = fc.tuple(points, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 5 }));
    check(cases, ([given, width, first]) => {
      const [actual, expected] = pairs(given.flatMap(pointAt), { stride: width + 1, width, first });
      expect(actual).toEqual(expected);
    });
  });

  /** What the kernel and the reference make of points. */
  function pairs(
    points: readonly number[],
    rows: { stride: number; width: number; first: number },
  ): [Float32Array, Float32Array] {
    const { stride, width, first } = rows;
    using memory = new Memory(arena);
    const expected = new Float32Array(Math.ceil((first + points.length) / width) * stride).fill(7);
    const out = memory.float32(expected);
    const at = memory.at(memory.float64(points));
    kernels.drawNormals(memory.at(out), stride, width, DEVIATION, at, first, 0, points.length / 2);
    memory.check();
    referenceNormals(expected, { ...rows, deviation: DEVIATION }, Float64Array.from(points));
    // Those of the reference may be -0.
    return [out.slice(), expected.map((value) => value + 0)];
  }
});

/** Of log(r): the rim of the disc, less than 2^-20 from 1, where its formula changes, and tiny ones. */
const radii: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(1, 1 - 2 ** -53, 1 - 2 ** -21, 1 - 2 ** -20, 0.5, 0.5 + 2 ** -22, 2 ** -104, 2 ** -52),
  fc.double({ min: 1 - 2 ** -19, max: 1, noNaN: true }),
  fc.double({ min: 0.5, max: 1, noNaN: true }),
  fc.double({ min: 2 ** -104, max: 1, noNaN: true }),
);
const angles: fc.Arbitrary<number> = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });

function pointAt([r, angle]: readonly [number, number]): [number, number] {
  return [Math.sqrt(r) * Math.cos(angle), Math.sqrt(r) * Math.sin(angle)];
}
