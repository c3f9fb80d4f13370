/** The public face of a package as text, made of its built declarations: a change of it shows in the report's diff. */
import { join, relative, sep } from 'node:path';
import type { Package } from '../consumers/workspace.ts';
import { DeclarationFile, type Origin } from './declaration-file.ts';

/** Files are parsed once. */
type Files = Map<string, DeclarationFile>;

const keyOf = ({ from, name }: Origin): string => `${from} ${name}`;

/** The report of a built package, in Markdown: what each entry exports, then types that are not exported but seen in those. */
export function apiReport({ name, folder, manifest }: Package): string {
  const files: Files = new Map();
  const entries = Object.entries(manifest.exports ?? {}).map(([subpath, { types = '' }]) => ({
    specifier: `${name}${subpath.slice(1)}`,
    exported: exportsOf(files, join(folder, types)),
  }));
  const known = new Set(entries.flatMap(({ exported }) => [...exported.values()].map(keyOf)));
  const sections = entries.map(({ specifier, exported }) =>
    section(
      `\`${specifier}\``,
      [...exported].toSorted(byName).map(([as, origin]) => declarationText(files, as, origin)),
    ),
  );
  const hidden = hiddenTypes(
    files,
    entries.flatMap(({ exported }) => [...exported.values()]),
    known,
  );
  const inner = hidden.map((origin) => {
    const place = relative(join(folder, 'dist'), origin.from)
      .replaceAll(sep, '/')
      .replace(/\.d\.ts$/, '.ts');
    return `// ${place}\n${declarationText(files, origin.name, origin)}`;
  });
  const parts =
    inner.length > 0 ? [...sections, section('Seen in these, and not exported', inner)] : sections;
  return [
    `# The public face of ${name}`,
    'Made by `npm run api` of the built declarations.',
    ...parts,
    '',
  ].join('\n\n');
}

function byName([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function section(title: string, declarations: readonly string[]): string {
  return `## ${title}\n\n\`\`\`ts\n${declarations.join('\n\n')}\n\`\`\``;
}

function fileOf(files: Files, path: string): DeclarationFile {
  const file = files.get(path) ?? new DeclarationFile(path);
  files.set(path, file);
  return file;
}

/** All that a file exports, by the name under which it does, each where it is declared. */
function exportsOf(files: Files, path: string): Map<string, Origin> {
  const file = fileOf(files, path);
  const found = new Map<string, Origin>();
  for (const whole of file.wholes) {
    if (whole.isPackage) found.set(`* from '${whole.from}'`, whole);
    else for (const [name, origin] of exportsOf(files, whole.from)) found.set(name, origin);
  }
  for (const [name, origin] of file.exports) found.set(name, declared(files, origin));
  return found;
}

/** Where a name is declared that may only be passed on. */
function declared(files: Files, origin: Origin): Origin {
  if (origin.isPackage || origin.name === '*') return origin;
  const file = fileOf(files, origin.from);
  if (file.declaration(origin.name)) return origin;
  const next = file.exports.get(origin.name) ?? file.named(origin.name);
  if (keyOf(next) !== keyOf(origin)) return declared(files, next);
  const whole = file.wholes.map(({ from }) => exportsOf(files, from).get(origin.name)).find(Boolean);
  if (whole) return whole;
  throw new Error(`${origin.from} has nothing of the name ${origin.name}.`);
}

function declarationText(files: Files, as: string, origin: Origin): string {
  if (origin.isPackage)
    return `export { ${origin.name === as ? as : `${origin.name} as ${as}`} } from '${origin.from}';`;
  const { text } = fileOf(files, origin.from).declaration(origin.name) ?? { text: '' };
  return origin.name === as ? text : `// exported as ${as}\n${text}`;
}

/** The types that a reader of the exported ones meets and cannot import, and those that these use, in order of their names. */
function hiddenTypes(files: Files, exported: readonly Origin[], known: Set<string>): Origin[] {
  const found = new Map<string, Origin>();
  const waiting = [...exported];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.isPackage || next.name === '*') continue;
    const file = fileOf(files, next.from);
    for (const use of file.declaration(next.name)?.uses ?? []) {
      const named = file.named(use);
      if (named.isPackage || (named.from === next.from && !file.declaration(use))) continue;
      const origin = declared(files, named);
      if (origin.isPackage || known.has(keyOf(origin)) || found.has(keyOf(origin))) continue;
      found.set(keyOf(origin), origin);
      waiting.push(origin);
    }
  }
  return [...found.values()].toSorted((a, b) => byName([a.name + a.from], [b.name + b.from]));
}
