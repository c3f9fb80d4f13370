import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { segments } from '../../src/measures/segments.ts';

test('segments cover training once, cross no epoch, and end batches where they can', () => {
  const positive = fc.integer({ min: 1, max: 300 });
  const shares = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { maxLength: 5 });
  fc.assert(
    fc.property(
      positive,
      fc.integer({ min: 1, max: 4 }),
      shares,
      positive,
      (rows, epochs, evaluations, batch) => {
        const list = segments(rows, epochs, evaluations, batch);
        expect(list.at(-1)).toMatchObject({ to: rows * epochs, evaluated: true });
        let end = 0;
        for (const { from, to } of list) {
          expect(from).toBe(end);
          expect(to).toBeGreaterThan(from);
          expect(Math.floor(from / rows)).toBe(Math.floor((to - 1) / rows));
          expect(to % rows === 0 || (to % rows) % batch === 0).toBe(true);
          end = to;
        }
        // As near to the evaluations as batches allow.
        const evaluated = list.filter((segment) => segment.evaluated).map(({ to }) => to);
        for (const share of evaluations) {
          const wanted = share * rows * epochs;
          if (wanted <= batch / 2) continue;
          expect(Math.min(...evaluated.map((to) => Math.abs(to - wanted)))).toBeLessThanOrEqual(
            batch / 2 + 1,
          );
        }
      },
    ),
  );
});
