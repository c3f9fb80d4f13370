/** The packages as they are published, in engines that have no `Symbol.dispose`: Safari, and browsers before 2025. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasChromium, launch } from '../../testing/browser.ts';
import { serve } from '../../testing/site.ts';

/** Puts a Symbol in the place of the engine's that has all of its properties but two. They cannot be deleted. */
const WITHOUT_DISPOSE = `
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

/** Uses each package; ends with numbers that are the same wherever it runs. */
const PROGRAM = `
import { LshIndex, MinHashIndex } from '@hashgrad/lsh';
import { MipsIndex } from '@hashgrad/mips';
import { adam, FrozenNetwork, hidden, Network, network, softmax } from '@hashgrad/sparse-nn';

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

/**
 * Runs a program on the packages that are installed in a folder, with and without `Symbol.dispose` in Node, and without it
 * in Chromium where there is one.
 *
 * @returns One line for each engine that gives an error or other numbers.
 */
export async function checkEngines(folder: string): Promise<string[]> {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'program.js'), PROGRAM);
  writeFileSync(
    join(folder, 'main.js'),
    "import { run } from './program.js';\nconsole.log(JSON.stringify(await run()));\n",
  );
  writeFileSync(join(folder, 'without-dispose.js'), WITHOUT_DISPOSE);
  const inNode = (...options: string[]): string =>
    execFileSync(process.execPath, [...options, 'main.js'], { cwd: folder, encoding: 'utf8' }).trim();
  const expected = inNode();
  const engines: [string, () => string | Promise<string>][] = [
    ['Node without Symbol.dispose', () => inNode('--import', './without-dispose.js')],
  ];
  if (hasChromium) engines.push(['Chromium without Symbol.dispose', () => inChromium(folder)]);
  const problems: string[] = [];
  for (const [name, run] of engines) {
    try {
      const got = await run();
      if (got !== expected) problems.push(`${name}: got ${got}, not ${expected}`);
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
    }
  }
  return problems;
}

async function inChromium(folder: string): Promise<string> {
  const browser = await launch();
  try {
    await using site = await serve({
      isolated: true,
      folder,
      imports: importMap(folder),
      before: WITHOUT_DISPOSE,
    });
    const page = await browser.newPage();
    await page.goto(site.page);
    return (await page.evaluate(
      "import('/program.js').then(({ run }) => run()).then((result) => JSON.stringify(result))",
    )) as string;
  } finally {
    await browser.close();
  }
}

/** Where a page finds the packages, and what `kernels` imports. */
function importMap(folder: string): Record<string, string> {
  const ours = ['kernels', 'lsh', 'mips', 'sparse-nn'].flatMap((name) => {
    const specifier = `@hashgrad/${name}`;
    const manifest = readFileSync(join(folder, 'node_modules', specifier, 'package.json'), 'utf8');
    const { exports } = JSON.parse(manifest) as { exports: Record<string, { default: string }> };
    return Object.entries(exports).map(([subpath, target]) => [
      join(specifier, subpath),
      join('/node_modules', specifier, target.default),
    ]);
  });
  const random = ['distribution/uniformFloat64', 'distribution/uniformInt', 'generator/xoroshiro128plus'].map(
    (path) => [`pure-rand/${path}`, `/node_modules/pure-rand/lib/esm/${path}.js`],
  );
  return Object.fromEntries([
    ...ours,
    ...random,
    ['d3-random', '/node_modules/d3-random/dist/d3-random.mjs'],
  ]) as Record<string, string>;
}
