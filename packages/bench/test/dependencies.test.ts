import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

/** Prints the packages that modules are loaded from, of `import` and of `require`. */
const WATCH = `
import { registerHooks } from 'node:module';
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const [, name] = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
    if (name !== undefined) packages.add(name);
    return next(url, context);
  },
});
process.on('exit', () => console.log('\\n' + JSON.stringify([...packages])));
`;

/** The packages of others from which a program loads modules. */
function loadedBy(program: string, ...args: string[]): string[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--conditions=@hashgrad/source',
      '--import',
      `data:text/javascript,${encodeURIComponent(WATCH)}`,
      '--input-type=module',
      '--eval',
      program,
      '--',
      ...args,
    ],
    { cwd: import.meta.dirname, encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as string[];
}

/** What only some users need: plots, a graph index, other people's runtimes, a browser, a queue. */
const HEAVY =
  /^(@observablehq\/plot|d3.*|linkedom|usearch|onnxruntime-.*|@tensorflow\/.*|playwright-core|@sparticuz\/chromium|bullmq|ioredis)$/;

const heavy = (names: readonly string[]): string[] =>
  names.filter((name) => HEAVY.test(name) && name !== 'd3-random').toSorted();

const STUDY = `
import { defineStudy, hiddenArms, images, runHere, trainConfig } from '@hashgrad/bench';
const study = defineStudy({
  name: 'small', question: '?', measure: 'train',
  base: trainConfig({ task: images('rectangles', { train: 20, test: 10 }),
    network: { inputs: 784, hidden: [4], classes: 2 }, epochs: 1, threads: 1 }),
  factors: { arm: hiddenArms(['dense']) }, seeds: [1], metrics: ['accuracy.sparse'],
});
`;

describe('what a program loads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dependencies-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('that runs a study: nothing that draws, and no peers', () => {
    const loaded = loadedBy(
      `${STUDY} if ((await runHere(study, ${JSON.stringify(folder)})).length !== 1) throw new Error('no record');`,
    );
    expect(heavy(loaded)).toEqual([]);
    // The hook does see packages.
    expect(loaded).toContain('simple-statistics');
  });

  test('that draws a report: plots', () => {
    expect(heavy(loadedBy("import '@hashgrad/bench/report';"))).toContain('@observablehq/plot');
  });

  test('of the command line that does not draw: none of them either', () => {
    const main = `process.argv.splice(1, 0, 'hashgrad'); await import('../src/cli/main.ts');`;
    expect(heavy(loadedBy(main, 'list'))).toEqual([]);
  });
});
