/**
 * Holds the packages to the direction in which they may depend on each other, and to each other's public faces; within a
 * package, its rooms to theirs (see rooms.ts), all files to importing each other in no circle, and addresses of memory to
 * the ops of the kernels (see addresses.ts).
 *
 * Run as a program it checks this repository, prints one line a violation and exits 1 if there is any.
 */
import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { addressProblems } from './addresses.ts';
import { circlesOf } from './circles.ts';
import { references, type Reference } from './references.ts';
import { roomProblem } from './rooms.ts';

const SCOPE = '@hashgrad/';

/** Which of our packages each package may import, in `src` and everywhere else. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kernels: [],
  lsh: ['kernels'],
  mips: ['kernels', 'lsh'],
  'sparse-nn': ['kernels', 'lsh', 'mips'],
  tfjs: ['kernels', 'lsh', 'mips', 'sparse-nn'],
  datasets: [],
  bench: ['kernels', 'lsh', 'mips', 'sparse-nn', 'tfjs', 'datasets'],
};

/** What `test` may import on top of that, as a development dependency. */
const TEST_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'sparse-nn': ['datasets'],
};

/** The folder at the root of what the tests of several packages share. It imports none of them. */
const SHARED_BY_TESTS = 'testing';

/** One violation; `line` counts from 1. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

interface Manifest {
  readonly name?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly manifest: Manifest;
}

/**
 * All violations in the monorepo at `root`, in the order of packages and files.
 *
 * @param root Folder that holds `package.json` and `packages/`.
 * @throws Error when `root` has no packages, or a file cannot be parsed.
 */
export function checkDependencies(root: string): Violation[] {
  const packages = readPackages(root);
  const rootTools = Object.keys(readManifest(join(root, 'package.json')).devDependencies ?? {});
  return packages.flatMap((pkg) => [
    ...checkManifest(root, pkg),
    ...sourceFiles(pkg.folder).flatMap((file) => checkFile(root, pkg, packages, rootTools, file)),
    ...checkCircles(root, pkg),
  ]);
}

/** Files of a package's `src` may not import each other in a circle: where they do, neither is understood without the other. */
function checkCircles(root: string, pkg: Package): Violation[] {
  const source = join(pkg.folder, 'src');
  const files = sourceFiles(pkg.folder).filter((file) => isInside(file, source));
  const imports = new Map(
    files.map((file) => [
      file,
      references(file)
        .filter(({ kind, specifier }) => kind === 'import' && specifier.startsWith('.'))
        .map(({ specifier, line }) => ({ target: resolve(dirname(file), specifier), line })),
    ]),
  );
  const targets = new Map([...imports].map(([file, found]) => [file, found.map(({ target }) => target)]));
  return circlesOf(targets).map((circle) => {
    const [first, second = first] = circle as [string, ...string[]];
    const { line } = imports.get(first)!.find(({ target }) => target === second)!;
    const names = [...circle, first].map((file) => relative(source, file).replaceAll(sep, '/'));
    const message = `files import each other in a circle, ${names.join(' -> ')}: what both need belongs into a third`;
    return { file: relative(root, first), line, message };
  });
}

function readPackages(root: string): Package[] {
  const folders = readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'packages', entry.name, 'package.json')))
    .map((entry) => entry.name)
    .toSorted();
  if (folders.length === 0) throw new Error(`No packages in ${join(root, 'packages')}.`);
  return folders.map((name) => {
    const folder = join(root, 'packages', name);
    return { folder, name, manifest: readManifest(join(folder, 'package.json')) };
  });
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

function sourceFiles(folder: string): string[] {
  return globSync('{src,test,scripts}/**/*.ts', { cwd: folder })
    .map((path) => join(folder, path))
    .toSorted();
}

/** The declared dependencies on our own packages must point the same way as the imports. */
function checkManifest(root: string, pkg: Package): Violation[] {
  const file = relative(root, join(pkg.folder, 'package.json'));
  const allowed = MAY_IMPORT[pkg.name];
  if (allowed === undefined) {
    const message = `the package ${pkg.name} has no place in the order of packages: add it to MAY_IMPORT in scripts/check-dependencies.ts`;
    return [{ file, line: 1, message }];
  }
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = pkg.manifest;
  const wrong = (names: object | undefined, extra: readonly string[], field: string): Violation[] =>
    Object.keys(names ?? {})
      .filter((name) => name.startsWith(SCOPE))
      .map((name) => name.slice(SCOPE.length))
      .filter((name) => !allowed.includes(name) && !extra.includes(name))
      .map((name) => ({
        file,
        line: 1,
        message: `${field} names ${SCOPE}${name}, but ${direction(pkg.name)}`,
      }));
  return [
    ...wrong(dependencies, [], 'dependencies'),
    ...wrong(peerDependencies, [], 'peerDependencies'),
    ...wrong(optionalDependencies, [], 'optionalDependencies'),
    ...wrong(devDependencies, TEST_MAY_IMPORT[pkg.name] ?? [], 'devDependencies'),
  ];
}

function direction(name: string): string {
  const allowed = MAY_IMPORT[name] ?? [];
  return allowed.length === 0
    ? `${name} may import none of our packages`
    : `${name} may import only ${allowed.join(', ')}`;
}

function checkFile(
  root: string,
  pkg: Package,
  packages: readonly Package[],
  rootTools: readonly string[],
  path: string,
): Violation[] {
  const part = relative(pkg.folder, path).split(sep)[0];
  const violations: Violation[] = [];
  for (const reference of references(path)) {
    const message = reference.specifier.startsWith('.')
      ? relativeProblem(root, pkg, path, part, reference)
      : reference.kind === 'import'
        ? bareProblem(pkg, packages, rootTools, part, reference.specifier)
        : undefined;
    if (message !== undefined) violations.push({ file: relative(root, path), line: reference.line, message });
  }
  return part === 'src'
    ? [
        ...violations,
        ...addressProblems(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')).map(
          (problem) => ({ file: relative(root, path), ...problem }),
        ),
      ]
    : violations;
}

function relativeProblem(
  root: string,
  pkg: Package,
  path: string,
  part: string | undefined,
  { kind, specifier }: Reference,
): string | undefined {
  const inSource = part === 'src';
  // A URL in a test may point at a fixture anywhere; one in src would point at nothing once published.
  if (kind === 'url' && !inSource) return undefined;
  const target = resolve(dirname(path), specifier);
  if (part === 'test' && isInside(target, join(root, SHARED_BY_TESTS))) return undefined;
  if (!isInside(target, pkg.folder)) return `'${specifier}' leaves the package ${pkg.name}`;
  // dist mirrors src, so an import out of src finds nothing beside dist; a URL may name e.g. ../package.json.
  if (kind === 'import' && inSource && !isInside(target, join(pkg.folder, 'src'))) {
    return `'${specifier}' leaves src, and would not be found from dist`;
  }
  if (kind !== 'import' || !inSource) return undefined;
  const [from, to] = [path, target].map((file) =>
    relative(join(pkg.folder, 'src'), file).replaceAll(sep, '/'),
  ) as [string, string];
  return roomProblem(pkg.name, from, to);
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}

function bareProblem(
  pkg: Package,
  packages: readonly Package[],
  rootTools: readonly string[],
  part: string | undefined,
  specifier: string,
): string | undefined {
  if (isBuiltin(specifier)) {
    return specifier.startsWith('node:')
      ? undefined
      : `'${specifier}' is a Node module: write 'node:${specifier}'`;
  }
  const segments = specifier.split('/');
  const dependency = segments.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const subpath = ['.', ...segments.slice(specifier.startsWith('@') ? 2 : 1)].join('/');
  const inSource = part === 'src';

  if (dependency.startsWith(SCOPE)) {
    const name = dependency.slice(SCOPE.length);
    const target = packages.find((other) => other.name === name);
    if (target === undefined) return `'${specifier}' is not a package of this repository`;
    const self = name === pkg.name;
    if (self && inSource)
      return `'${specifier}' is this package itself: import the file by its relative path`;
    const testOnly = part === 'test' ? (TEST_MAY_IMPORT[pkg.name] ?? []) : [];
    if (!self && !MAY_IMPORT[pkg.name]?.includes(name) && !testOnly.includes(name)) {
      return `imports '${specifier}', but ${direction(pkg.name)}`;
    }
    if (!isExported(target.manifest, subpath)) {
      return `'${specifier}' reaches inside ${dependency}: its exports have only ${Object.keys(target.manifest.exports ?? {}).join(', ')}`;
    }
    if (self) return undefined;
  }

  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = pkg.manifest;
  const declared = { ...dependencies, ...peerDependencies, ...optionalDependencies };
  if (dependency in declared) return undefined;
  if (inSource) return `'${dependency}' is not among the dependencies of ${pkg.manifest.name}`;
  if (dependency in (devDependencies ?? {}) || rootTools.includes(dependency)) return undefined;
  return `'${dependency}' is neither among the dependencies nor the devDependencies of ${pkg.manifest.name}`;
}

/** Whether `exports` has `subpath` ('.' or './name'), as itself or by a pattern such as './*'. */
function isExported(manifest: Manifest, subpath: string): boolean {
  return Object.keys(manifest.exports ?? {}).some((key) => {
    const [before = '', after] = key.split('*');
    if (after === undefined) return key === subpath;
    return (
      subpath.length > before.length + after.length && subpath.startsWith(before) && subpath.endsWith(after)
    );
  });
}

if (import.meta.main) {
  const violations = checkDependencies(resolve(import.meta.dirname, '..'));
  for (const { file, line, message } of violations) console.error(`${file}:${line}: ${message}`);
  if (violations.length > 0) process.exitCode = 1;
  else
    console.log(
      'Packages and their rooms depend on each other in the right direction, packages by their public faces only, and no files in a circle; kernels are called by ops.',
    );
}
