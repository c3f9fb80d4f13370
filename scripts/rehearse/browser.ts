/** What was built, in Chromium: the same numbers everywhere, and one thread with a reason where memory cannot be shared. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launch } from '../../testing/browser.ts';
import { serve, type SiteOptions } from '../../testing/site.ts';
import { importMap, WITHOUT_DISPOSE } from '../consumers/program.ts';
import { BUNDLERS, type Bundle, writeSources } from './bundles.ts';
import { attempt, type Outcome } from './outcome.ts';
import { run } from './tools.ts';

/** What a page, a web worker or a service worker found out. */
interface Found {
  readonly threads: number;
  readonly reason?: string;
  readonly result: unknown;
  readonly error?: string;
}

/** Runs in a folder in which all packages are installed. */
export async function rehearseBrowser(folder: string): Promise<Outcome[]> {
  writeSources(folder);
  writeFileSync(
    join(folder, 'node.js'),
    "import { run } from './program.js';\nconsole.log(JSON.stringify(await run()));\n",
  );
  const expected = (await run(process.execPath, ['node.js'], { cwd: folder })).trim();
  const outcomes: Outcome[] = [];
  const browser = await launch();
  try {
    for (const isolated of [true, false]) {
      const where = isolated ? 'isolated' : 'not isolated';
      outcomes.push(
        await attempt(`Chromium, import map, ${where}`, async () => {
          const site = { isolated, folder, imports: importMap(folder) };
          const program = `import('/program.js').then(async ({ run, threads }) => ({ ...(await threads()), result: await run() }))`;
          check(await evaluate<Found>(browser, site, program), isolated, expected);
        }),
      );
    }
    for (const { title, build } of BUNDLERS) {
      let bundle: Bundle | undefined;
      outcomes.push(
        await attempt(`${title} builds`, async () => {
          bundle = await build(folder);
        }),
      );
      if (bundle !== undefined) outcomes.push(...(await rehearseBundle(browser, bundle, expected)));
    }
  } finally {
    await browser.close();
  }
  return outcomes;
}

async function rehearseBundle(
  browser: Browser,
  { title, folder, script }: Bundle,
  expected: string,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const cases: [string, Omit<SiteOptions, 'folder'>][] = [
    ['isolated', { isolated: true }],
    ['not isolated', { isolated: false }],
    ['without Symbol.dispose', { isolated: true, before: WITHOUT_DISPOSE }],
  ];
  for (const [where, options] of cases) {
    outcomes.push(
      await attempt(`Chromium, ${title}, page and web worker, ${where}`, async () => {
        const site = { ...options, folder, imports: {} };
        const program = `import('${script}').then(() => globalThis.rehearsal)`;
        const found = await evaluate<{ page: Found; worker: Found; rows: number[] }>(browser, site, program);
        check(found.page, options.isolated, expected);
        check(found.worker, options.isolated, expected);
        if (found.rows.join() !== '10,12000')
          throw new Error(`The data sets have ${found.rows.join()} rows.`);
      }),
    );
  }
  if (title !== 'esbuild') return outcomes;
  outcomes.push(
    await attempt(`Chromium, ${title}, service worker`, async () => {
      const program = `(async () => {
        const { active, installing, waiting } = await navigator.serviceWorker.register('/service-worker.js', { type: 'module' });
        await navigator.serviceWorker.ready;
        const answer = new Promise((resolve) => { navigator.serviceWorker.onmessage = ({ data }) => resolve(data); });
        (active ?? waiting ?? installing).postMessage('run');
        return answer;
      })()`;
      check(
        await evaluate<Found>(browser, { isolated: true, folder, imports: {} }, program),
        false,
        expected,
      );
    }),
  );
  return outcomes;
}

/** The value of an expression in a page of a site. */
async function evaluate<T>(browser: Browser, options: SiteOptions, expression: string): Promise<T> {
  await using site = await serve(options);
  const page = await browser.newPage();
  try {
    await page.goto(site.page);
    return (await page.evaluate(expression)) as T;
  } finally {
    await page.close();
  }
}

/** @param threaded Whether there can be more than one thread. */
function check({ threads, reason, result, error }: Found, threaded: boolean, expected: string): void {
  if (error !== undefined) throw new Error(error);
  if (JSON.stringify(result) !== expected) throw new Error(`got ${JSON.stringify(result)}, not ${expected}`);
  const said = `${threads} threads, because of ${reason}`;
  if (threaded ? threads !== 2 || reason !== undefined : threads !== 1 || !reason) throw new Error(said);
}
