/** The examples of a README as its readers run them: copied into a file, after the commands that it says to install by. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Package } from '../consumers/workspace.ts';
import { attempt, type Outcome } from './outcome.ts';
import { makeProject } from './projects.ts';
import type { Registry } from './registry.ts';
import { ENGINES, run } from './tools.ts';

/** What the examples of a README are, and what they need. */
interface Steps {
  readonly packages: readonly string[];
  readonly examples: readonly string[];
}

function stepsOf({ name, folder }: Package): Steps {
  const text = readFileSync(join(folder, 'README.md'), 'utf8');
  const commands = [...text.matchAll(/^npm install (?!--)([^#\n]*)/gm)].flatMap(([, specs = '']) =>
    specs.split(' ').filter(Boolean),
  );
  // Those that need data which nobody may pass on are marked.
  const examples = [...text.matchAll(/^```ts\n(.*?)^```$/gms)]
    .map(([, code = '']) => code)
    // The package's own tests run those that want other machines, with doubles of these.
    .filter((code) => !code.includes("spawn('ssh'"));
  return { packages: commands.length > 0 ? [...new Set(commands)] : [name], examples };
}

/** Installs what a README says, then runs its examples in every engine. */
export async function rehearseReadme(unit: Package, folder: string, registry: Registry): Promise<Outcome[]> {
  const { packages, examples } = stepsOf(unit);
  const installed = await attempt(`${unit.name}: npm install ${packages.join(' ')}`, () =>
    makeProject(folder, registry, packages),
  );
  if (installed.problem !== undefined) return [installed];
  for (const [i, code] of examples.entries()) writeFileSync(join(folder, `example-${i + 1}.mts`), code);
  const outcomes = [installed];
  for (const { title, command, options } of ENGINES) {
    for (const [i, code] of examples.entries()) {
      const promised = [...code.matchAll(/\/\/ prints "(.*)"$/gm)].map(([, line]) => line);
      outcomes.push(
        await attempt(`${unit.name}, example ${i + 1}, ${title}`, async () => {
          const printed = await run(command, [...options, `example-${i + 1}.mts`], {
            cwd: folder,
            limit: 300,
          });
          const lines = printed.trimEnd().split('\n');
          const missing = promised.find((line) => line !== undefined && !lines.includes(line));
          if (missing !== undefined) throw new Error(`It printed\n${printed}and not "${missing}".`);
        }),
      );
    }
  }
  return outcomes;
}
