import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BENCHMARKS } from '../../packages/bench/src/benchmarks/index.ts';
import { ARMS, OUTPUT_ARMS, STUDIES } from '../../packages/bench/src/index.ts';
import { hasChromium, launch } from '../../testing/browser.ts';
import { typeErrors } from '../../testing/readme.ts';
import { IMPORTS, serve } from '../../testing/site.ts';
import { MARKS, root, samples, shellLines } from './pages.ts';
import type { Outcome } from './run-examples.ts';

const all = samples();
const long = process.env['HASHGRAD_FULL'] !== undefined;
const run = all.filter(({ mark }) => mark === '' || (long && mark === 'long'));
const bench = join(root, 'packages/bench');

test('samples have marks that are known', () => {
  expect(all.length).toBeGreaterThanOrEqual(5);
  expect(all.filter(({ mark }) => !MARKS.includes(mark))).toEqual([]);
});

test('samples have no type errors', { timeout: 120_000 }, () => {
  expect(typeErrors(all, bench)).toBe('');
});

// Inside a package that may import all others; git ignores this folder. What samples write is there.
mkdirSync(join(bench, 'results'), { recursive: true });
const folder = mkdtempSync(join(bench, 'results/site-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('samples run, and print what they say', () => {
  const outcomes: Outcome[] = [];

  beforeAll(async () => {
    const files = run.map(({ code }, i) => {
      const file = join(folder, `sample-${i}.mts`);
      writeFileSync(file, code);
      return file;
    });
    outcomes.push(...(await outcomesOf(files, folder)));
  }, 600_000);

  test.each(run.map((sample, i) => [`${sample.page}, sample ${sample.number}`, sample, i] as const))(
    '%s',
    (_, { prints }, i) => {
      const { lines, error } = outcomes[i]!;
      expect(error).toBeUndefined();
      expect(prints.length > 0 ? lines : []).toEqual(prints);
    },
  );
});

async function outcomesOf(files: readonly string[], cwd: string): Promise<Outcome[]> {
  const options = ['--conditions=@hashgrad/source', join(import.meta.dirname, 'run-examples.ts'), ...files];
  const child = spawn(process.execPath, options, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const piece of child.stdout.setEncoding('utf8')) text += String(piece);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}

describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => browser.close());

  /** What a page says once the module of this text has ended. */
  async function textAfter(module: string): Promise<string> {
    const model = readFileSync(join(folder, 'model.safetensors'));
    const files = { '/sample.js': module, '/model.safetensors': model };
    await using site = await serve({ isolated: false, files });
    const page = await browser.newPage();
    await page.goto(site.page);
    await page.evaluate(`import('/sample.js')`);
    const text = await page.evaluate('document.body.innerText');
    await page.close();
    return String(text);
  }

  const inBrowser = all.filter(({ mark }) => mark === 'browser' || (long && mark === 'browser long'));
  test.each(inBrowser.map((sample) => [`${sample.page}, sample ${sample.number}`, sample] as const))(
    '%s',
    { timeout: 240_000 },
    async (_, { code }) => {
      const text = await textAfter(stripTypeScriptTypes(code));
      expect(text.length).toBeGreaterThan(0);
    },
  );

  const html = readFileSync(join(root, 'docs/src/content/docs/start/browser.md'), 'utf8');

  test('the page without a bundler finds the nearest vector', async () => {
    const module = /<script type="module">\n([^]*?)<\/script>/.exec(html)?.[1] ?? '';
    expect(await textAfter(module)).toContain('nearest: 17');
  });

  test('its import map names what the packages need, where they publish it', () => {
    const map = /<script type="importmap">\n([^]*?)<\/script>/.exec(html)?.[1] ?? '';
    const { imports } = JSON.parse(map) as { imports: Record<string, string> };
    const others = Object.keys(IMPORTS).filter((name) => !name.startsWith('@hashgrad/'));
    expect(Object.keys(imports)).toEqual(expect.arrayContaining(others));
    expect(Object.values(imports).filter((path) => !isPublished(path))).toEqual([]);
  });
});

/** Whether a path below node_modules is a file of a dependency, or what one of our packages has as its default export. */
function isPublished(path: string): boolean {
  const [, name = '', file = ''] = /^\/node_modules\/((?:@hashgrad\/)?[\w-]+)\/(.*)$/.exec(path) ?? [];
  if (!name.startsWith('@hashgrad/'))
    return existsSync(join(root, 'packages/kernels/node_modules', name, file));
  const manifest = readFileSync(join(root, name.replace('@hashgrad', 'packages'), 'package.json'), 'utf8');
  const { exports } = JSON.parse(manifest) as { exports: Record<string, { default?: string }> };
  return Object.values(exports).some((entry) => entry.default === `./${file}`);
}

describe('lines of the shell', () => {
  const lines = shellLines();
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
  );
  const packages = ['kernels', 'lsh', 'mips', 'sparse-nn', 'datasets', 'bench', 'tfjs'];

  test('install packages that there are', () => {
    const names = lines.flatMap(({ line }) => line.match(/@hashgrad\/[\w-]+/g) ?? []);
    expect(names.filter((name) => !packages.includes(name.replace('@hashgrad/', '')))).toEqual([]);
  });

  test('ask the command line for what it has', () => {
    const known: Readonly<Record<string, readonly string[]>> = {
      study: STUDIES.map(({ name }) => name),
      show: STUDIES.map(({ name }) => name),
      bench: BENCHMARKS.map(({ name }) => name),
      arm: [...ARMS.map(({ name }) => name), ...Object.keys(OUTPUT_ARMS)],
    };
    const asked = lines.flatMap(({ page, line }) => {
      const [, command = '', what] =
        /(?:hashgrad|@hashgrad\/bench) (?:-- )?(study|show|bench)(?: ([\w-]+))?(?= |$)/.exec(line) ?? [];
      const arms = /--set arm=([\w,+-]+)/.exec(line)?.[1]?.split(',') ?? [];
      const names = [...(what === undefined ? [] : [[command, what]]), ...arms.map((arm) => ['arm', arm])];
      return names.map(([kind = '', name = '']) => ({ page, kind, name }));
    });
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter(({ kind, name }) => !known[kind]?.includes(name))).toEqual([]);
  });

  test('name scripts of the repository that there are', () => {
    const names = lines.flatMap(({ line }) => /^npm run ([\w:]+)/.exec(line)?.[1] ?? []);
    expect(names.filter((name) => !scripts.includes(name) && name !== 'dev')).toEqual([]);
  });
});
