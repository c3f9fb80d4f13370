/** The packages of this repository, by the sources that a bundler and tests take them from. */
import { resolve } from 'node:path';

const packages = resolve(import.meta.dirname, '../../packages');

/** What is imported of the packages, and where it is. What a package imports of others is found by its own node_modules. */
export const sources: readonly { readonly find: RegExp; readonly replacement: string }[] = [
  'datasets',
  'kernels',
  'lsh',
  'mips',
  'sparse-nn',
].map((name) => ({
  // The package itself, and not its parts.
  find: new RegExp(`^@hashgrad/${name}$`),
  replacement: `${packages}/${name}/src/index.ts`,
}));
