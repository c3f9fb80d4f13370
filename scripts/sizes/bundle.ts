/** What an import costs a page: bundled, minified, gzipped. */
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import type { Package } from '../consumers/workspace.ts';

/** Bytes of the code that a page loads before it runs; what is imported later, by `import()`, is not in them. */
export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

/** Bundles the exports of a built package that have these names, and all that they need but for optional peers. */
export async function bundleSize(
  { name, folder, manifest }: Package,
  names: readonly string[],
): Promise<Size> {
  const entry = join(folder, 'size-of-import.js');
  const peers = Object.keys(manifest.peerDependencies ?? {});
  const bundle = await rolldown({
    input: entry,
    cwd: folder,
    platform: 'browser',
    logLevel: 'silent',
    external: (id) => isBuiltin(id) || peers.some((peer) => id === peer || id.startsWith(`${peer}/`)),
    plugins: [
      {
        name: 'imported',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `export { ${names.join(', ')} } from '${name}';` : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  const chunks = new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file]] : [])));
  const needed = new Set(
    output.flatMap((file) => (file.type === 'chunk' && file.isEntry ? [file.fileName] : [])),
  );
  for (const fileName of needed) for (const other of chunks.get(fileName)?.imports ?? []) needed.add(other);
  const codes = [...needed].flatMap((fileName) => chunks.get(fileName)?.code ?? []);
  return {
    minified: codes.reduce((sum, code) => sum + Buffer.byteLength(code), 0),
    gzipped: codes.reduce((sum, code) => sum + gzipSync(code).length, 0),
  };
}
