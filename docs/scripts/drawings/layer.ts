/** A layer that was trained on the digits, and its hash tables, as the picture of the whole shows them. */
import { simHash } from '../../../packages/lsh/src/index.ts';
import { adam, hidden, lsh, Network, network, softmax } from '../../../packages/sparse-nn/src/index.ts';
import { codesOf } from './codes.ts';
import type { Digits } from './digits.ts';

/** A unit's weights and bias; row u of `weights` is unit u's. */
export interface Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

const FAMILY = simHash({ bits: 6, tables: 50 });

/** The two layers of 784-`units`-10 after some epochs with a twentieth of the units active. */
export async function trained(
  train: Digits,
  units: number,
  epochs: number,
): Promise<readonly [Layer, Layer]> {
  const select = lsh({ fraction: 0.05, family: FAMILY });
  const spec = network(train.columns, [hidden(units, select), softmax(10)], adam({ rate: 0.003 }));
  const net = await Network.create(spec, { seed: 1, relaxed: false, batchSize: 128 });
  await net.train({ ...train, labels: Int32Array.from(train.labels) }, { epochs });
  const layers = [net.copyWeights(0), net.copyWeights(1)] as const;
  net.close();
  return layers;
}

/** What looking an input up in a layer's tables gave. */
export interface LookUp {
  /** The input's code in each table. */
  readonly codes: readonly number[];
  /** How many units are in the input's bucket, by table. */
  readonly found: readonly number[];
  /** The units that are computed: those that collide in the most tables. */
  readonly active: readonly number[];
  /** As many units, those with the highest activations, found by computing all. */
  readonly best: readonly number[];
  /** The softmax over what the active units give. */
  readonly outputs: readonly number[];
}

/** Looks an image up: Simple-LSH appends what makes all units' weights as long as the longest, and a 0 to the input. */
export function lookUp([first, last]: readonly [Layer, Layer], pixels: Float32Array, count: number): LookUp {
  const [units, width] = [first.bias.length, pixels.length];
  const squares = Array.from(first.bias, (bias, u) =>
    first.weights.subarray(u * width, (u + 1) * width).reduce((sum, w) => sum + w * w, bias * bias),
  );
  const bound = Math.max(...squares);
  const tails = Array.from(first.bias).flatMap((bias, u) => [bias, Math.sqrt(bound - squares[u]!)]);
  const values = new Float32Array(first.weights.length + width);
  values.set(first.weights);
  values.set(pixels, first.weights.length);
  const codes = codesOf(FAMILY, { values, width, tails: Float32Array.of(...tails, 1, 0) }, 1);
  const collisions = Array.from(
    first.bias,
    (_, u) => codes.filter((table) => table[u] === table[units]).length,
  );
  const sums = Array.from(first.bias, (bias, u) => dot(first.weights, u * width, pixels) + bias);
  const active = highest(collisions, count).filter((u) => collisions[u]! > 0);
  const logits = Array.from(last.bias, (bias, c) =>
    active.reduce((sum, u) => sum + Math.max(0, sums[u]!) * last.weights[c * units + u]!, bias),
  );
  const exps = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const total = exps.reduce((sum, value) => sum + value, 0);
  return {
    codes: codes.map((table) => table[units]!),
    found: codes.map((table) => table.subarray(0, units).filter((code) => code === table[units]).length),
    active,
    best: highest(sums, count),
    outputs: exps.map((value) => value / total),
  };
}

function dot(weights: Float32Array, from: number, input: Float32Array): number {
  return input.reduce((sum, value, i) => sum + value * weights[from + i]!, 0);
}

function highest(values: readonly number[], count: number): number[] {
  return Array.from(values.keys())
    .toSorted((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, count);
}
