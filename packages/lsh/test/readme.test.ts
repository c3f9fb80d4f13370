import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Readme, typeErrors } from '../../../testing/readme.ts';
import { inclusionProbability, collisionProbability, simHash } from '../src/index.ts';

const readme = new Readme(join(import.meta.dirname, '..'));

test('the README has its examples', () => {
  expect(readme.examples().length).toBeGreaterThanOrEqual(6);
});

describe.each(readme.examples())('example %#', ({ code, prints }) => {
  test('runs, and prints what it says', () => {
    expect(prints.length).toBeGreaterThan(0);
    expect(readme.run(code)).toEqual(prints);
  });
});

test('the examples have no type errors', () => {
  expect(typeErrors(readme.examples())).toBe('');
});

test('the table of inclusion probabilities is right', () => {
  const [head = [], ...rows] = readme.table('cosine');
  const settings = head.slice(1).map((title) => title.match(/\d+/g)?.map(Number) ?? []);
  expect([settings.length, rows.length]).toEqual([4, 5]);
  for (const [cosine, ...cells] of rows) {
    const expected = settings.map(([bits = 0, tables = 0]) =>
      inclusionProbability(collisionProbability(simHash({ bits, tables }), Number(cosine)), tables).toFixed(
        2,
      ),
    );
    expect(cells).toEqual(expected);
  }
});
