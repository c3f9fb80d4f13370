/** The release itself: versions are raised and packages published, in a copy of the repository. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../consumers/workspace.ts';
import type { RootManifest } from '../release/identity.ts';
import { npmrcOf, type Registry } from './registry.ts';
import { run } from './tools.ts';

/** Who publishes where the repository does not say it yet. */
const STAND_IN: RootManifest = { repository: 'https://github.com/OWNER/hashgrad', author: 'The authors' };

/**
 * Copies the repository to a folder, and there does what the release workflow does, to another registry.
 *
 * @throws {Error} with what was said, if a step of it fails.
 */
export async function publishCopy(folder: string, registry: Registry): Promise<void> {
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  });
  for (const file of listed.split('\0')) {
    if (file === '' || !existsSync(join(ROOT, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  nameIdentity(join(folder, 'package.json'));
  writeFileSync(join(folder, '.npmrc'), npmrcOf(registry));
  const path = `${join(folder, 'node_modules/.bin')}:${process.env['PATH']}`;
  const here = {
    cwd: folder,
    env: { PATH: path, TURBO_CACHE_DIR: join(ROOT, '.turbo/cache'), TURBO_TELEMETRY_DISABLED: '1' },
  };
  // Checks and tags of the release want a repository whose files are committed.
  await run('git', ['init', '--quiet'], here);
  await run('git', ['add', '--all'], here);
  await run(
    'git',
    ['-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '--quiet', '--message', 'a'],
    here,
  );
  await run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], here);
  await run('npm', ['run', 'version'], here);
  await run('npm', ['run', 'release'], { ...here, limit: 1200 });
}

/** Names a publisher in the root manifest of a copy, if it names none. */
function nameIdentity(path: string): void {
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as RootManifest;
  writeFileSync(path, `${JSON.stringify({ ...STAND_IN, ...manifest }, null, 2)}\n`);
}
