/** A program that uses the packages as consumers do, the same for every engine and bundler. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Puts a Symbol in the place of the engine's that has all of its properties but two. They cannot be deleted. */
export const WITHOUT_DISPOSE = `
const Real = Symbol;
function Fake(description) {
  if (new.target) throw new TypeError('Symbol is not a constructor');
  return Real(description);
}
for (const key of Reflect.ownKeys(Real)) {
  if (['dispose', 'asyncDispose', 'prototype', 'length', 'name'].includes(key)) continue;
  Object.defineProperty(Fake, key, Object.getOwnPropertyDescriptor(Real, key));
}
Fake.prototype = Real.prototype;
globalThis.Symbol = Fake;
if (Symbol.dispose !== undefined) throw new Error('Symbol.dispose is still there.');
`;

/**
 * A module whose `run()` uses each package that runs in browsers, and ends with numbers that are the same wherever it runs;
 * `threads()` says how many of two threads there are, and why not more.
 */
export const PROGRAM = `
import { Arena, Team } from '@hashgrad/kernels';
import { LshIndex, MinHashIndex } from '@hashgrad/lsh';
import { MipsIndex } from '@hashgrad/mips';
import { adam, FrozenNetwork, hidden, Network, network, softmax } from '@hashgrad/sparse-nn';

export async function threads() {
  const team = await Team.create(new Arena(), { threads: 2 });
  const found = { threads: team.threads, reason: team.reason };
  team.close();
  return found;
}

export async function run() {
  const rows = 40;
  const inputs = Float32Array.from({ length: 2 * rows }, (_, i) => ((i * i * 7) % 23) / 23 - 0.5);
  const labels = Int32Array.from({ length: rows }, (_, i) => (inputs[2 * i] > 0 ? 1 : 0));
  const examples = { rows, columns: 2, inputs, labels };
  const spec = network(2, [hidden(8), softmax(2)], adam({ rate: 0.05 }));
  const net = await Network.create(spec, { batchSize: 10, relaxed: false });
  let loss = 0;
  for await (const report of net.fit(examples, { epochs: 5, validation: { examples } })) loss = report.loss;
  const { accuracy } = net.evaluate(examples);
  const predicted = [...net.predict(examples).ids];
  const frozen = await FrozenNetwork.load((await net.freeze()).toBytes());
  const frozenIds = [...frozen.predict(examples).ids];
  net.close();
  const vectors = Float32Array.from({ length: 8 * 500 }, (_, i) => ((i * i) % 101) / 101 - 0.5);
  const index = new MipsIndex({ dimensions: 8 });
  index.add(vectors);
  const near = new LshIndex({ dimensions: 8, metric: 'cosine' });
  near.add(vectors);
  const sets = new MinHashIndex({ threshold: 0.5 });
  for (const set of ['abc', 'abd', 'xyz']) sets.add([...set]);
  return {
    loss,
    accuracy,
    predicted,
    frozenIds,
    mips: [...index.search(vectors.subarray(0, 8), 5).ids],
    lsh: [...near.query(vectors.subarray(0, 8), { limit: 5 }).ids],
    pairs: [...sets.pairs(0.4)].length,
  };
}
`;

/** Where a page without a bundler finds what the program imports, as the README of the installed kernels says it. */
export function importMap(folder: string): Record<string, string> {
  const readme = readFileSync(join(folder, 'node_modules/@hashgrad/kernels/README.md'), 'utf8');
  const map = /^```json\n(\{\n {2}"imports".*?)^```$/ms.exec(readme)?.[1];
  if (map === undefined) throw new Error('The README of the kernels has no import map.');
  return (JSON.parse(map) as { imports: Record<string, string> }).imports;
}
