/** Every entry of every package, imported and required, in every Node. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Package } from '../consumers/workspace.ts';
import { attempt, type Outcome } from './outcome.ts';
import { ENGINES, run } from './tools.ts';

/** A CommonJS program: what is required has the names that are imported, and no warning is printed. */
const REQUIRE = `
const entries = process.argv.slice(2);
(async () => {
  for (const entry of entries) {
    const required = Object.keys(require(entry)).toSorted();
    const imported = Object.keys(await import(entry)).toSorted();
    if (required.length === 0 || required.join() !== imported.join())
      throw new Error(entry + ' required has ' + required + ', imported ' + imported);
  }
})();
process.on('warning', (warning) => { throw warning; });
`;

/** Runs in a folder in which all packages are installed. */
export async function rehearseImports(units: readonly Package[], folder: string): Promise<Outcome[]> {
  writeFileSync(join(folder, 'require.cjs'), REQUIRE);
  const entries = units.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports ?? {}).map((subpath) => `${name}${subpath.slice(1)}`),
  );
  const outcomes: Outcome[] = [];
  for (const { title, command, options } of ENGINES.filter((engine) => engine.title.startsWith('Node'))) {
    outcomes.push(
      await attempt(`import and require of every entry, ${title}`, async () => {
        await run(command, [...options, 'require.cjs', ...entries], { cwd: folder });
      }),
    );
  }
  return outcomes;
}
