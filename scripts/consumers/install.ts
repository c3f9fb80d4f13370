/** The packages as a consumer has them after `npm install`: packed, unpacked, with what they depend on beside them. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Packs every package and lays them into `node_modules` of a folder. They must have been built. Their other dependencies
 * are links to what the repository has.
 *
 * @returns The names of the packages.
 */
export function installPackages(folder: string): string[] {
  const names: string[] = [];
  for (const entry of readdirSync(join(ROOT, 'packages')).toSorted()) {
    const source = join(ROOT, 'packages', entry);
    const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest;
    const target = join(folder, 'node_modules', manifest.name);
    mkdirSync(target, { recursive: true });
    const tarball = join(folder, `${entry}.tgz`);
    execFileSync('pnpm', ['pack', '--out', tarball], { cwd: source, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', target]);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      link(folder, source, dependency);
    }
    names.push(manifest.name);
  }
  return names;
}

function link(folder: string, source: string, dependency: string): void {
  const target = join(folder, 'node_modules', dependency);
  if (dependency.startsWith('@hashgrad/') || existsSync(target)) return;
  mkdirSync(resolve(target, '..'), { recursive: true });
  symlinkSync(join(source, 'node_modules', dependency), target, 'dir');
}
