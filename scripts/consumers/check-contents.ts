/** What a tarball has to hold, and what it must not. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { PackageManifest } from './workspace.ts';

/** Files that every package has at its top, and no README needs to name. */
const AT_TOP = ['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md', 'package.json'];

/** Scripts that a package manager runs on the user's machine. */
const AT_INSTALL = ['preinstall', 'install', 'postinstall', 'prepare'];

/**
 * Checks the unpacked tarball of a package.
 *
 * @param unpacked The folder it was unpacked to.
 * @param source The package's folder in the repository.
 * @returns What is wrong, a line each.
 */
export function contentProblems(unpacked: string, source: string): string[] {
  const files = globSync('**/*', { cwd: unpacked, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1))
    .toSorted();
  return [
    ...missingFiles(files, source),
    ...manifestProblems(JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as PackageManifest),
    ...needlessFiles(files, readFileSync(join(source, 'README.md'), 'utf8')),
    ...files.filter((file) => /\.(js|d\.ts)$/.test(file)).flatMap((file) => mapProblems(unpacked, file)),
    ...linkProblems(unpacked, source),
  ];
}

/** All that users look for at the top must be there, if the package has it. */
function missingFiles(files: readonly string[], source: string): string[] {
  const expected = AT_TOP.filter((file) => file === 'LICENSE' || existsSync(join(source, file)));
  return expected.filter((file) => !files.includes(file)).map((file) => `${file} is missing`);
}

function manifestProblems(manifest: PackageManifest): string[] {
  const needed = ['description', 'keywords', 'license', 'engines', 'exports', 'files', 'sideEffects'];
  const scripts = Object.keys((manifest['scripts'] ?? {}) as object);
  const conditions = Object.entries(manifest.exports ?? {}).flatMap(([subpath, targets]) =>
    targets['types'] && targets['default']
      ? []
      : [`exports '${subpath}' without types, or without a default`],
  );
  const ranges = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies });
  return [
    ...needed.filter((field) => manifest[field] === undefined).map((field) => `package.json has no ${field}`),
    ...scripts
      .filter((name) => AT_INSTALL.includes(name))
      .map((name) => `package.json runs '${name}' when it is installed`),
    ...conditions,
    ...ranges
      .filter(([, range]) => range.startsWith('workspace:'))
      .map(([name, range]) => `package.json needs ${name} '${range}', which no registry has`),
  ];
}

/** Beside what is built and its sources, a package holds what its README speaks of; never tests. */
function needlessFiles(files: readonly string[], readme: string): string[] {
  return files
    .filter((file) => !AT_TOP.includes(file))
    .flatMap((file) => {
      if (/(^|\/)test\/|\.test\./.test(file)) return [`${file} is a test`];
      if (/^(dist|src)\//.test(file)) return [];
      const folder = `${file.split('/')[0]}/`;
      const named = /\.(svg|png)$/.test(file) ? readme.includes(file) : readme.includes(folder);
      return named ? [] : [`${file} is nothing that the README speaks of`];
    });
}

/** A source map must be there, and every file that it names. */
function mapProblems(unpacked: string, file: string): string[] {
  const path = join(unpacked, file);
  const map = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(readFileSync(path, 'utf8'))?.[1];
  if (map === undefined) return [];
  const mapPath = resolve(dirname(path), map);
  if (!existsSync(mapPath)) return [`${file} names a source map that is not there`];
  const { sources, sourceRoot = '' } = JSON.parse(readFileSync(mapPath, 'utf8')) as {
    sources: string[];
    sourceRoot?: string;
  };
  return sources
    .filter((name) => !existsSync(resolve(dirname(mapPath), sourceRoot, name)))
    .map((name) => `the source map of ${file} names ${name}, which is not there`);
}

/** Pictures of the README must be in the tarball; what else it links to, at least in the repository. */
function linkProblems(unpacked: string, source: string): string[] {
  const readme = readFileSync(join(source, 'README.md'), 'utf8');
  return [...readme.matchAll(/(!?)\[[^\]]*\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)/g)].flatMap(
    ([, picture, target = '']) => {
      const there = existsSync(join(picture ? unpacked : source, target));
      return there ? [] : [`README.md ${picture ? 'shows' : 'links to'} ${target}, which is not there`];
    },
  );
}
