/** The packages of the workspace, as their manifests have them. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The repository. */
export const ROOT: string = resolve(import.meta.dirname, '../..');

/** A package that is published. */
export interface Package {
  readonly name: string;
  /** The last part of its name, `kernels` of `@hashgrad/kernels`. */
  readonly short: string;
  readonly folder: string;
  readonly manifest: PackageManifest;
}

/** What is read here of a package.json. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Every package under `packages/` of a repository that is not private, by name. */
export function publicPackages(root: string = ROOT): Package[] {
  return globSync('packages/*/package.json', { cwd: root })
    .toSorted()
    .map((path) => {
      const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as PackageManifest;
      return {
        name: manifest.name,
        short: manifest.name.replace(/^.*\//, ''),
        folder: dirname(join(root, path)),
        manifest,
      };
    })
    .filter(({ manifest }) => manifest.private !== true);
}

/** The packages that must have been built. @throws {Error} if one was not. */
export function builtPackages(): Package[] {
  const packages = publicPackages();
  for (const { name, folder } of packages) {
    if (!existsSync(join(folder, 'dist'))) throw new Error(`${name} is not built: npm run build does it.`);
  }
  return packages;
}
