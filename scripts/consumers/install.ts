/** The packages as a consumer has them after `npm install`: packed, unpacked, with what they depend on beside them. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pack, unpack } from './pack.ts';
import { builtPackages } from './workspace.ts';

/**
 * Packs every package and lays them into `node_modules` of a folder. They must have been built. Their other dependencies
 * are links to what the repository has.
 */
export function installPackages(folder: string): void {
  for (const unit of builtPackages()) {
    unpack(pack(unit, folder), join(folder, 'node_modules', unit.name));
    for (const dependency of Object.keys(unit.manifest.dependencies ?? {})) {
      link(folder, unit.folder, dependency);
    }
  }
}

function link(folder: string, source: string, dependency: string): void {
  const target = join(folder, 'node_modules', dependency);
  if (dependency.startsWith('@hashgrad/') || existsSync(target)) return;
  mkdirSync(resolve(target, '..'), { recursive: true });
  symlinkSync(join(source, 'node_modules', dependency), target, 'dir');
}
