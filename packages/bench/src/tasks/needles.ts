/** Keys and values to attend to: for each query a few keys that it means, and a great many that share what is left. */
import { randomStream, type RandomStream } from '@hashgrad/kernels';
import { filled } from '../engine/filled.ts';
import type { Config } from '../engine/record.ts';
import { checkCounts } from './fields.ts';
import type { KeyValues, TaskDefinition } from './task.ts';

/** How many keys, and how attention falls on them; plain JSON. */
export type NeedlesTask = {
  readonly kind: 'needles';
  readonly keys: number;
  readonly queries: number;
  /** Of a key, a query and a value. */
  readonly dimensions: number;
  /** Keys that a query means; no two queries mean the same. */
  readonly needles: number;
  /** The share of a query's attention that its needles have together, about; from 0, for none, to below 1. */
  readonly mass: number;
  /** Standard deviation of the logits of all other keys: at 0 they would share evenly what is left. */
  readonly spread: number;
  readonly seed: number;
};

/** Half of the attention on 4 needles among 16,384 keys of 64 dimensions, 64 queries, unless options say otherwise. */
export function needles(options: Partial<Omit<NeedlesTask, 'kind'>> = {}): NeedlesTask {
  const size = { keys: 16_384, queries: 64, dimensions: 64, needles: 4 };
  return { kind: 'needles', ...filled('needles', { ...size, mass: 0.5, spread: 1, seed: 1 }, options) };
}

/** Keys lie to one side of the origin, as those of trained networks do: their mean's coordinates, in their deviations. */
const OFFSET = 2;

export const needlesTask: TaskDefinition = {
  kind: 'needles',
  check(task) {
    checkCounts(task, ['keys', 'queries', 'dimensions', 'needles']);
    checkCounts(task, ['seed'], 0);
    const { keys, queries, needles: each, mass, spread } = task as unknown as NeedlesTask;
    if (!(mass >= 0 && mass < 1)) {
      throw new RangeError(`task.mass is a share from 0 to below 1; got ${JSON.stringify(mass)}.`);
    }
    if (!(spread > 0 && spread <= 10)) {
      throw new RangeError(`task.spread is above 0 and up to 10; got ${JSON.stringify(spread)}.`);
    }
    if (queries * each > keys) {
      throw new RangeError(
        `${queries} queries with ${each} needles each need ${queries * each} keys; got ${keys}.`,
      );
    }
  },
  load: (task: Config) => draw(task as unknown as NeedlesTask),
};

/**
 * Keys are a mean and normal noise z of deviation 1; a needle of the query q has z moved along q to the logit by which the
 * needles get their mass. A value is a mean and a random linear map of the key's z, so that what attention averages depends on
 * where it looks; a needle's is drawn by itself.
 */
function draw({
  keys: count,
  queries,
  dimensions,
  needles: each,
  mass,
  spread,
  seed,
}: NeedlesTask): KeyValues {
  const random = randomStream(seed, 'needles');
  const width = dimensions;
  const asked = normals(queries * width, random);
  for (let q = 0; q < queries; q++)
    scale(asked.subarray(q * width, (q + 1) * width), spread * Math.sqrt(width));
  const keys = normals(count * width, random);
  const [keyMean, valueMean] = [normals(width, random), normals(width, random)];
  const map = normals(width * width, random);
  const values = new Float32Array(count * width);
  const height = Math.log((mass / (1 - mass)) * (count / each)) + spread ** 2 / 2;
  const owners = mass === 0 ? new Map<number, number>() : places(count, queries, each, random);
  for (let j = 0; j < count; j++) {
    const key = keys.subarray(j * width, (j + 1) * width);
    const value = values.subarray(j * width, (j + 1) * width);
    const owner = owners.get(j);
    if (owner === undefined) fill(value, (v) => valueMean[v]! + dot(map, v * width, key) / Math.sqrt(width));
    else {
      const query = asked.subarray(owner * width, (owner + 1) * width);
      const along = (Math.sqrt(width) * height - dot(query, 0, key)) / dot(query, 0, query);
      fill(key, (k) => key[k]! + along * query[k]!);
      fill(value, () => random.normal());
    }
    fill(key, (k) => key[k]! + OFFSET * keyMean[k]!);
  }
  return { name: 'needles', dimensions, queries: asked, keys, values };
}

/** Which query each needle belongs to, by key: places drawn at random, all different. */
function places(count: number, queries: number, each: number, random: RandomStream): Map<number, number> {
  const owners = new Map<number, number>();
  while (owners.size < queries * each) {
    const place = random.integer(count);
    if (!owners.has(place)) owners.set(place, Math.floor(owners.size / each));
  }
  return owners;
}

function normals(length: number, random: RandomStream): Float32Array {
  return fill(new Float32Array(length), () => random.normal());
}

function fill(row: Float32Array, value: (k: number) => number): Float32Array {
  for (let k = 0; k < row.length; k++) row[k] = value(k);
  return row;
}

function scale(row: Float32Array, length: number): void {
  const factor = length / Math.sqrt(dot(row, 0, row));
  fill(row, (k) => row[k]! * factor);
}

/** The product of a row with as many floats from `at` on. */
function dot(from: Float32Array, at: number, row: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += from[at + k]! * row[k]!;
  return sum;
}
