/**
 * Holds the packages to a doc comment for every name that they export.
 *
 * Run as a program it checks this repository, prints one line for each name without one and exits 1 if there is any.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

/** An exported name without a doc comment; `line` counts from 1. */
export interface Undocumented {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

interface Manifest {
  readonly exports?: Readonly<Record<string, { readonly '@hashgrad/source'?: string }>>;
}

interface File {
  readonly path: string;
  readonly text: string;
  readonly module: ReturnType<typeof parseSync>['module'];
  readonly program: ReturnType<typeof parseSync>['program'];
  readonly comments: ReturnType<typeof parseSync>['comments'];
}

/** All names that the packages at `root` export and that have no doc comment where they are declared. */
export function checkDocs(root: string): Undocumented[] {
  const found = new Map<string, Undocumented>();
  for (const manifest of globSync('packages/*/package.json', { cwd: root }).toSorted()) {
    const folder = dirname(join(root, manifest));
    const { exports = {} } = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as Manifest;
    for (const { '@hashgrad/source': source } of Object.values(exports)) {
      if (source === undefined) continue;
      for (const place of undocumented(join(folder, source))) {
        found.set(`${place.file}:${place.name}`, { ...place, file: relative(root, place.file) });
      }
    }
  }
  return [...found.values()];
}

/** The names that a file exports, its own and those that it passes on, without a doc comment. */
function undocumented(path: string): Undocumented[] {
  const file = parse(path);
  return file.module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName, exportName }) => {
      // What another package has is documented there.
      if (moduleRequest && !moduleRequest.value.startsWith('.')) return [];
      if (moduleRequest) {
        const target = parse(resolve(dirname(path), moduleRequest.value));
        if (importName.kind === 'All' || importName.kind === 'AllButDefault')
          return undocumented(target.path);
        return problemsOf(target, importName.name ?? '');
      }
      return problemsOf(file, exportName.name ?? '');
    }),
  );
}

/** Nothing if the declaration has a doc comment, or all writings of an overloaded function's first one. */
function problemsOf(file: File, name: string): Undocumented[] {
  for (const { entries } of file.module.staticExports) {
    const entry = entries.find(({ exportName }) => exportName.name === name);
    if (entry?.moduleRequest) {
      return problemsOf(
        parse(resolve(dirname(file.path), entry.moduleRequest.value)),
        entry.importName.name ?? name,
      );
    }
  }
  const start = declarationOf(file, name);
  if (start === undefined) throw new Error(`${file.path} exports ${name}, and does not declare it.`);
  if (hasDoc(file, start)) return [];
  return [{ file: file.path, line: file.text.slice(0, start).split('\n').length, name }];
}

/** Where the statement that declares a name starts. */
function declarationOf({ program }: File, name: string): number | undefined {
  for (const statement of program.body) {
    const declared =
      statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement;
    const names: (string | undefined)[] =
      'declarations' in declared
        ? declared.declarations.map(({ id }) => ('name' in id ? id.name : undefined))
        : 'id' in declared && declared.id && 'name' in declared.id
          ? [declared.id.name]
          : [];
    if (names.includes(name)) return statement.start;
  }
  return undefined;
}

/** Whether a doc comment ends right before `start`. */
function hasDoc({ text, comments }: File, start: number): boolean {
  return comments.some(
    ({ type, value, end }) =>
      type === 'Block' && value.startsWith('*') && end <= start && /^\s*$/.test(text.slice(end, start)),
  );
}

const parsed = new Map<string, File>();

function parse(path: string): File {
  let file = parsed.get(path);
  if (!file) {
    const text = readFileSync(path, 'utf8');
    const { module, program, comments, errors } = parseSync(path, text);
    if (errors[0] !== undefined) throw new Error(`${path} cannot be parsed: ${errors[0].message}`);
    file = { path, text, module, program, comments };
    parsed.set(path, file);
  }
  return file;
}

if (import.meta.main) {
  const problems = checkDocs(resolve(import.meta.dirname, '..'));
  for (const { file, line, name } of problems) console.error(`${file}:${line}: ${name} has no doc comment.`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log('Every exported name has a doc comment.');
}
