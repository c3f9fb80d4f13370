/** The types that are published, compiled as strict consumers do. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

interface Project {
  readonly lib: readonly string[];
  readonly exact: boolean;
}

/** With and without the DOM, and without exactOptionalPropertyTypes, which few have. */
const PROJECTS: readonly Project[] = ['es2022', 'es2024', 'esnext'].flatMap((lib) =>
  [[lib, 'dom'], [lib]].flatMap((libs) => [
    { lib: libs, exact: false },
    { lib: libs, exact: true },
  ]),
);

/** What each consumer writes: uses that infer types through all of a package's public face. */
const SOURCE = `
import { Arena, Team } from '@hashgrad/kernels';
import { bindHasher, LshIndex, MinHashIndex, simHash } from '@hashgrad/lsh';
import { ExactIndex, MipsIndex } from '@hashgrad/mips';
import { adam, hidden, lsh, network, Network, softmax, type FrozenNetwork } from '@hashgrad/sparse-nn';
import * as datasets from '@hashgrad/datasets';

const team: Team = Team.single(new Arena());
const hasher = bindHasher(simHash({ bits: 4, tables: 2 }), { dimensions: 8, tailWidth: 0, seed: 1, team });
hasher.close();
const index = new MipsIndex({ dimensions: 8 });
const first: number | undefined = index.search(new Float32Array(8), 3).ids[0];
const spec = network(2, [hidden(8), softmax(2, lsh({ count: 1, family: simHash({ bits: 2, tables: 2 }) }))], adam({ rate: 0.01 }));
const net: Promise<Network> = Network.create(spec, { batchSize: 4 });
const frozen: Promise<FrozenNetwork> = net.then((trained) => trained.freeze());
export { datasets, ExactIndex, first, frozen, index, LshIndex, MinHashIndex };
`;

/**
 * Compiles a consumer's file with every setting, libraries checked too, in a folder in which the packages are installed.
 *
 * @returns One line for each error.
 */
export function checkTypes(folder: string): string[] {
  const types = join(folder, 'node_modules/@types');
  mkdirSync(types, { recursive: true });
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(types, 'node'), 'dir');
  writeFileSync(join(folder, 'consumer.ts'), SOURCE);
  writeFileSync(join(folder, 'studies.ts'), "import * as bench from '@hashgrad/bench';\nexport { bench };\n");
  const browser = PROJECTS.map((project) => ({ ...project, types: [], files: ['consumer.ts'] }));
  const node = [{ lib: ['esnext'], exact: false, types: ['node'], files: ['consumer.ts', 'studies.ts'] }];
  return [...browser, ...node].flatMap(({ lib, exact, types: of, files }) => {
    const compilerOptions = {
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: exact,
      lib,
      types: of,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const { stdout, status } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status === 0) return [];
    const setting = `lib ${lib.join(', ')}${exact ? ', exactOptionalPropertyTypes' : ''}`;
    return stdout
      .trim()
      .split('\n')
      .map((line) => `${setting}: ${line}`);
  });
}
