/** The package.json that a package is published with, made of the one that is worked with. */
import { relative, resolve, sep } from 'node:path';
import { readIdentity, type Identity } from './identity.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The condition by which packages of this repository find each other's sources. */
const SOURCE = '@hashgrad/source';

/** A package.json, or a part of one. */
export type Manifest = Readonly<Record<string, unknown>>;

/**
 * The manifest of a package as users get it: without what only this repository needs, and with the publisher of them all,
 * where the root package.json names one.
 *
 * @param folder The package's.
 */
export function publishedManifest(manifest: Manifest, folder: string): Manifest {
  return withIdentity(
    withoutTools(manifest),
    readIdentity(ROOT),
    relative(ROOT, folder).replaceAll(sep, '/'),
  );
}

/** Fields that only this repository needs. */
const TOOLS = ['scripts', 'devDependencies'];

/** Without scripts, the dependencies of tests, and conditions that lead to sources. */
export function withoutTools(manifest: Manifest): Manifest {
  return Object.fromEntries(
    Object.entries(manifest)
      .filter(([field]) => !TOOLS.includes(field))
      .map(([field, value]) => [field, field === 'exports' ? withoutSources(value as Manifest) : value]),
  );
}

function withoutSources(exports: Manifest): Manifest {
  return Object.fromEntries(
    Object.entries(exports)
      .filter(([condition]) => condition !== SOURCE)
      .map(([key, value]) => [
        key,
        typeof value === 'object' && value !== null ? withoutSources(value as Manifest) : value,
      ]),
  );
}

/** @param directory The package's folder in the repository, with forward slashes. */
export function withIdentity(manifest: Manifest, identity: Identity | string, directory: string): Manifest {
  if (typeof identity === 'string') return manifest;
  return { ...manifest, ...identity, repository: { ...identity.repository, directory } };
}
