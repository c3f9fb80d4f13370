/** The tarballs that are published. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Package } from './workspace.ts';

/** Packs a built package as it is published. @returns The tarball's path, in `folder`. */
export function pack({ short, folder: source }: Package, folder: string): string {
  const tarball = join(folder, `${short}.tgz`);
  execFileSync('pnpm', ['pack', '--out', tarball], { cwd: source, stdio: ['ignore', 'ignore', 'inherit'] });
  return tarball;
}

/** Unpacks what a tarball holds into a folder, which is made. */
export function unpack(tarball: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder]);
}
