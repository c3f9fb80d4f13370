/** The packages as they are published, in engines that have no `Symbol.dispose`: Safari, and browsers before 2025. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasChromium, launch } from '../../testing/browser.ts';
import { serve } from '../../testing/site.ts';
import { importMap, PROGRAM, WITHOUT_DISPOSE } from './program.ts';

/**
 * Runs a program on the packages that are installed in a folder, with and without `Symbol.dispose` in Node, and without it
 * in Chromium where there is one.
 *
 * @param node The program of Node.
 * @returns One line for each engine that gives an error or other numbers.
 */
export async function checkEngines(folder: string, node: string): Promise<string[]> {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'program.js'), PROGRAM);
  writeFileSync(
    join(folder, 'main.js'),
    "import { run } from './program.js';\nconsole.log(JSON.stringify(await run()));\n",
  );
  writeFileSync(join(folder, 'without-dispose.js'), WITHOUT_DISPOSE);
  const inNode = (...options: string[]): string =>
    execFileSync(node, [...options, 'main.js'], { cwd: folder, encoding: 'utf8' }).trim();
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
