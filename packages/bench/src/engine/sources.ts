/** Digests of the code that a trial depends on: all versions are 0.0.0 until the first release, and JSON cannot see code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Sources, sha256 } from './key.ts';

/** The packages that measures are made of. */
const PACKAGES = ['kernels', 'lsh', 'mips', 'sparse-nn', 'datasets'];

/** The rooms of this package that trials run: what draws reports changes no trial. */
const ROOMS = ['measures', 'tasks', 'arms'];

/** `.ts` where this package runs from its sources, `.js` where it was built. */
const CODE = extname(import.meta.filename);

/** Digests of our packages, and of this package's measures, tasks and arms. They are the same for files of the same contents. */
export function packageSources(): Sources {
  const digests: Record<string, string> = {};
  for (const name of PACKAGES) {
    const full = `@hashgrad/${name}`;
    digests[full] = digestOf(filesIn(join(packageFolder(full), CODE === '.ts' ? 'src' : 'dist')));
  }
  digests['@hashgrad/bench'] = digestOf(
    ROOMS.flatMap((name) => filesIn(join(import.meta.dirname, '..', name))),
  );
  return digests;
}

/** What of `wanted` is not the same in `here`, for people; empty if all is. What `here` has beside it does not matter. */
export function differingSources(wanted: Sources, here: Sources): string[] {
  return Object.entries(wanted)
    .filter(([name, digest]) => here[name] !== digest)
    .map(([name, digest]) => {
      const version = name.startsWith('@hashgrad/') ? `, version ${versionOf(name)} here` : '';
      const own = here[name]?.slice(0, 8) ?? 'missing';
      return `${name} is ${own} here, not ${digest.slice(0, 8)}${version}`;
    });
}

function versionOf(name: string): string {
  const folder = name === '@hashgrad/bench' ? join(import.meta.dirname, '../..') : packageFolder(name);
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Where an installed package lies. @throws {Error} if it is nowhere. */
function packageFolder(name: string): string {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const folder = places
    .map((place) => join(place, name))
    .find((path) => existsSync(join(path, 'package.json')));
  if (folder === undefined) throw new Error(`The package ${name} is not installed.`);
  return folder;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => extname(name) === CODE)
    .toSorted()
    .map((name) => join(folder, name));
}

function digestOf(paths: readonly string[]): string {
  const folder = dirname(paths[0] ?? '.');
  return sha256(
    paths
      .map((path) => `${relative(folder, path).replaceAll(sep, '/')} ${sha256(readFileSync(path))}\n`)
      .join(''),
  );
}

/** What loading a file gave: its default export, and the digests of it and of all that it imports but Node and our packages. */
export interface LoadedFile {
  readonly value: unknown;
  readonly sources: Sources;
}

/**
 * Imports a module by its path. The files that it imports are seen as Node resolves them; our own packages are left out,
 * since {@link packageSources} has them.
 *
 * @throws {Error} if there is no such file; or with its path and what it throws, or what is wrong in it.
 */
export async function importFile(path: string): Promise<LoadedFile> {
  if (!existsSync(path)) throw new Error(`There is no file ${path}.`);
  const start = pathToFileURL(path).href;
  const seen = new Set([start]);
  if (module.registerHooks === undefined) {
    throw new Error(
      `A study in a file needs Node 22.15 or newer, which can say what it imports; this is ${process.version}.`,
    );
  }
  const hooks = module.registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const importer = context.parentURL;
      if (importer !== undefined && seen.has(importer) && !isOurs(specifier)) seen.add(resolved.url);
      return resolved;
    },
  });
  try {
    const loaded = (await import(start).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${path}: ${why}`, { cause: error });
    })) as { default?: unknown };
    const files = [...seen].filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
    const folder = dirname(path);
    const name = (file: string): string => relative(folder, file).replaceAll(sep, '/');
    return {
      value: loaded.default,
      sources: Object.fromEntries(files.toSorted().map((file) => [name(file), sha256(readFileSync(file))])),
    };
  } finally {
    hooks.deregister();
  }
}

/** Whether a module belongs to one of our packages. */
function isOurs(specifier: string): boolean {
  return specifier.startsWith('@hashgrad/');
}
