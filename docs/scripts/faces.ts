/**
 * The public faces of the packages, a file for each: what the reference is made of. Their names are those that people import,
 * without the scope, and so the names of the reference's pages.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const docs = resolve(import.meta.dirname, '..');
const folder = join(docs, 'faces');

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, { readonly '@hashgrad/source'?: string }>>;
}

/** Writes the faces of all packages of the workspace, and gives their paths: packages in the order of their names. */
export function writeFaces(): string[] {
  rmSync(folder, { recursive: true, force: true });
  return globSync('packages/*/package.json', { cwd: join(docs, '..') })
    .toSorted()
    .flatMap((path) => {
      const manifest = join(docs, '..', path);
      const { name, exports = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
      return Object.entries(exports).flatMap(([entry, { '@hashgrad/source': source }]) => {
        if (source === undefined) return [];
        const face = join(folder, `${join(name.replace(/^@[^/]+\//, ''), entry)}.ts`);
        const target = relative(dirname(face), join(dirname(manifest), source)).replaceAll('\\', '/');
        mkdirSync(dirname(face), { recursive: true });
        writeFileSync(face, `export * from '${target}';\n`);
        return [face];
      });
    });
}
