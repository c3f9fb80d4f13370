/**
 * The partition function of a softmax, estimated from what collides, over draws of the hash functions: the setting of
 * MagicPIG (K = 10, L = 150) with keys in directions at random, for which no estimate by importance is at its best.
 */
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { afterAll, expect, test } from 'vitest';
import {
  bindHasher,
  collisionProbability,
  estimateLogPartition,
  estimateSum,
  HashTables,
  inclusionProbability,
  simHash,
} from '../../src/index.ts';

const KEYS = 2000;
const WIDTH = 32;
const DRAWS = 150;
const TABLES = 150;
const spec = simHash({ bits: 10, tables: TABLES });

const team = Team.single(new Arena());
const { arena } = team;
afterAll(() => arena[Symbol.dispose]());

const random = randomStream(1, 'isotropic');
const keys = arena.float32(KEYS * WIDTH);
for (let i = 0; i < keys.length; i++) keys[i] = random.normal();
const query = arena.float32(WIDTH);
for (let j = 0; j < WIDTH; j++) query[j] = random.normal();

const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0));
const cosines = Array.from({ length: KEYS }, (_, i) => {
  const key = keys.subarray(i * WIDTH, (i + 1) * WIDTH);
  return key.reduce((sum, value, j) => sum + value * query[j]!, 0) / norm(key) / norm(query);
});
const dots = cosines.map((cosine, i) => 1.15 * cosine * norm(keys.subarray(i * WIDTH, (i + 1) * WIDTH)));
const largest = Math.max(...dots);
const weights = dots.map((dot) => Math.exp(dot - largest));
const probabilities = cosines.map((cosine) => collisionProbability(spec, cosine));

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;
const deviationOf = (values: readonly number[]): number =>
  Math.sqrt(sumOf(values.map((value) => (value - meanOf(values)) ** 2)) / (values.length - 1));

const Z = sumOf(weights);

/** What one draw of the hash functions gives, with each rule: the estimate, the plain sum of what was found, its number. */
interface Draw {
  readonly estimate: number;
  readonly unweighted: number;
  readonly found: number;
}

const draws: Record<1 | 2, Draw[]> = { 1: [], 2: [] };

function draw(seed: number): void {
  using hasher = bindHasher(spec, { dimensions: WIDTH, tailWidth: 0, seed, team });
  using tables = new HashTables({ items: KEYS, tables: TABLES, buckets: hasher.buckets, team });
  const codes = arena.uint32(KEYS * TABLES);
  const asked = arena.uint32(TABLES);
  hasher.hash({ values: keys, stride: WIDTH, width: WIDTH }, KEYS, { codes, stride: KEYS });
  hasher.hash({ values: query, stride: WIDTH, width: WIDTH }, 1, { codes: asked, stride: 1 });
  tables.build(codes);
  const result = {
    ids: arena.int32(KEYS),
    lengths: arena.int32(1),
    candidates: arena.int32(1),
    inclusion: new Float64Array(KEYS),
  };
  for (const minCollisions of [1, 2] as const) {
    const options = {
      limit: KEYS,
      minCollisions,
      collisionProbability: (_: number, id: number) => probabilities[id]!,
    };
    tables.query(asked, 1, options, result);
    const found = result.lengths[0]!;
    const values = Array.from(result.ids.subarray(0, found), (id) => weights[id]!);
    const estimate = estimateSum(values, result.inclusion.subarray(0, found));
    draws[minCollisions].push({ estimate, unweighted: sumOf(values), found });
    const logits = Array.from(result.ids.subarray(0, found), (id) => dots[id]! - largest);
    const log = estimateLogPartition(logits, result.inclusion.subarray(0, found));
    expect(log).toBeCloseTo(Math.log(estimate), 10);
  }
  for (const view of [codes, asked, result.ids, result.lengths, result.candidates]) arena.free(view);
}

test('is unbiased with the rule of one collision and with that of two, and its samples are as many as the law says', () => {
  for (let seed = 1; seed <= DRAWS; seed++) draw(seed);
  const deviations = ([1, 2] as const).map((minCollisions) => {
    const estimates = draws[minCollisions].map(({ estimate }) => estimate);
    const deviation = deviationOf(estimates);
    expect(Math.abs(meanOf(estimates) - Z)).toBeLessThan((4 * deviation) / Math.sqrt(DRAWS));
    const expected = sumOf(probabilities.map((p) => inclusionProbability(p, TABLES, minCollisions)));
    const found = draws[minCollisions].map((each) => each.found);
    expect(Math.abs(meanOf(found) - expected)).toBeLessThan((4 * deviationOf(found)) / Math.sqrt(DRAWS));
    // Without the weights it would be far off.
    expect(meanOf(draws[minCollisions].map(({ unweighted }) => unweighted))).toBeLessThan(0.7 * Z);
    return deviation;
  });
  // Fewer samples, and those less sure: of 400 and of 90 keys here.
  const [one = 0, two = 0] = deviations;
  expect(one / Z).toBeLessThan(0.08);
  expect(two / one).toBeGreaterThan(2);
  expect(two / one).toBeLessThan(6);
});
