/** Fresh projects of users, outside the repository. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmrcOf, type Registry } from './registry.ts';
import { run } from './tools.ts';

/** Makes a project in a new folder and installs packages into it by npm, ours from the registry. */
export async function makeProject(
  folder: string,
  registry: Registry,
  packages: readonly string[],
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  );
  writeFileSync(join(folder, '.npmrc'), npmrcOf(registry));
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--save-exact'];
  await run('npm', ['install', ...options, ...packages], { cwd: folder });
}
