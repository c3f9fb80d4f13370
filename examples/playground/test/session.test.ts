import { takeRows, mnistSubset } from '@hashgrad/datasets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Firing } from '../src/train/messages.ts';
import { Session } from '../src/train/session.ts';
import { DEFAULTS, PIXELS, type Settings } from '../src/train/settings.ts';

const quick: Settings = { ...DEFAULTS, units: 200, images: 1000, tables: 10, share: 10, portable: true };
let data: Awaited<ReturnType<typeof mnistSubset>>;
/** What most tests look at, and none trains on. */
let first: Awaited<ReturnType<typeof trained>>;

beforeAll(async () => {
  const { train, test: tests, name } = await mnistSubset();
  data = { name, train: takeRows(train, 1000), test: takeRows(tests, 1000) };
  first = await trained();
}, 60_000);

afterAll(() => first.session[Symbol.dispose]());

/** A clock by which every look at it takes a hundredth of a second: turns have as many steps in every run. */
function clock(): () => number {
  let seconds = 0;
  return () => (seconds += 0.01);
}

/** A session after the hashed network's first digest, and that digest. */
async function trained(settings: Settings = quick): Promise<{ session: Session; digest: string }> {
  const session = await Session.create(settings, data, clock());
  for (;;) {
    const { digest } = session.turn();
    if (digest) return { session, digest: digest.digest };
  }
}

const digit = (row: number): Float32Array => data.test.inputs.slice(row * PIXELS, (row + 1) * PIXELS);

test('a digest is the same for the same settings, whatever was looked at meanwhile, and other for another seed', async () => {
  expect(first.digest).toMatch(/^([\da-f]{4} ){3}[\da-f]{4}$/);
  using looked = await Session.create(quick, data, clock());
  let again: string | undefined;
  for (let turn = 0; again === undefined; turn++) {
    if (turn % 10 === 0) looked.look(digit(turn));
    if (turn === 5) looked.buckets(3, digit(2));
    again = looked.turn().digest?.digest;
  }
  expect(again).toBe(first.digest);
  const other = await trained({ ...quick, seed: 2 });
  using _ = other.session;
  expect(other.digest).not.toBe(first.digest);
});

describe('after a hundred steps', () => {
  test('all networks have had as much time, and know more than chance', () => {
    const { session } = first;
    const standings = session.standings();
    expect(standings.map(({ name, units }) => [name, units])).toEqual([
      ['hashed', 200],
      ['dense', 200],
      ['narrow', 20],
    ]);
    for (const { seconds, steps, accuracy } of standings) {
      expect(Math.abs(seconds - session.seconds)).toBeLessThan(0.1);
      expect(steps).toBeGreaterThan(80);
      expect(accuracy).toBeGreaterThan(0.3);
    }
  });

  test('what fires is told with its tables, and how much of the best it is', () => {
    const { session } = first;
    const { firing, missed, best, found, codes, answers, units } = session.look(digit(0));
    expect(units).toBe(200);
    expect(codes).toHaveLength(10);
    expect(firing.length).toBeGreaterThan(0);
    expect(firing.length).toBeLessThanOrEqual(20);
    expect(firing.map(({ activation }) => activation)).toEqual(
      firing.map(({ activation }) => activation).toSorted((a, b) => b - a),
    );
    for (const { tables } of firing) expect(tables.length).toBeGreaterThan(0);
    expect(firing.filter((unit) => unit.best)).toHaveLength(found);
    expect(found + missed.length).toBe(best);
    expect(answers.map(({ name }) => name)).toEqual(['hashed', 'dense', 'narrow']);
    for (const { probability } of answers) expect(probability).toBeGreaterThan(0.1);
  });

  test('a table has each example in one bucket, and the digit where its code is', () => {
    const { session } = first;
    const { buckets, bits, own } = session.buckets(4, digit(7));
    expect(bits).toBe(5);
    const images = buckets.flatMap((bucket) => bucket.images);
    expect(images.toSorted((a, b) => a - b)).toEqual([...Array(300).keys()]);
    expect(buckets.find(({ code }) => code === own)?.images).toContain(7);
    expect(own).toBe(session.look(digit(7)).codes[4]);
  });

  test("a unit's weights are those of its pixels", () => {
    const { session } = first;
    expect(session.weights(199)).toHaveLength(PIXELS);
    expect(session.weights(3)).not.toEqual(session.weights(4));
  });
});

test('without tables there are neither codes nor buckets, and the exact choice has all of the best', async () => {
  const { session } = await trained({ ...quick, selector: 'topK' });
  using _ = session;
  const looked: Firing = session.look(digit(0));
  expect(looked.codes).toEqual([]);
  expect(looked.found).toBe(looked.best);
  expect(session.buckets(0, digit(0))).toMatchObject({ bits: undefined, buckets: [] });
});
