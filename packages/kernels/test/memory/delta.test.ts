import { array, assert, constant, nat, oneof, property, tuple, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { deltaOf } from '../../scripts/delta.ts';
import { applyDelta } from '../../src/memory/delta.ts';

/** Pieces of one source in any order, with other bytes between them. */
const edited = uint8Array({ maxLength: 600 }).chain((source) =>
  tuple(
    constant(source),
    array(
      oneof(
        uint8Array({ maxLength: 20 }),
        tuple(nat(source.length), nat(source.length)).map(([a, b]) =>
          source.subarray(Math.min(a, b), Math.max(a, b)),
        ),
      ),
      { maxLength: 8 },
    ),
  ),
);

test('a delta makes the target of the source', () => {
  assert(
    property(edited, ([source, pieces]) => {
      const target = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
      expect(applyDelta(source, deltaOf(source, target))).toEqual(target);
    }),
    { numRuns: 300 },
  );
});

test('what both have costs next to nothing', () => {
  const source = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 5);
  const target = source.slice();
  for (let i = 500; i < target.length; i += 10_000) target[i] = (target[i] ?? 0) ^ 255;
  expect(deltaOf(source, target).length).toBeLessThan(200);
});
