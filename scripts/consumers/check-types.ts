/** The types that are published, compiled as strict consumers do. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './workspace.ts';

/** What of a consumer's settings changes how libraries' types are read. */
export interface Project {
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

/** What a consumer who runs studies writes, with Node's types. */
const STUDIES = `
import * as bench from '@hashgrad/bench';
import { renderReport } from '@hashgrad/bench/report';
export { bench, renderReport };
`;

/** Which compiler looks at the types, and how it finds modules. */
export interface Compiler {
  /** The program of a TypeScript package, `bin/tsc`. */
  readonly tsc: string;
  readonly module: string;
  readonly moduleResolution: string;
}

const OWN: Compiler = {
  tsc: join(ROOT, 'node_modules/typescript/bin/tsc'),
  module: 'esnext',
  moduleResolution: 'bundler',
};

/**
 * Compiles a consumer's file with settings, libraries checked too, in a folder in which the packages are installed.
 *
 * @returns One line for each error.
 */
export function checkTypes(
  folder: string,
  { tsc, module, moduleResolution }: Compiler = OWN,
  projects: readonly Project[] = PROJECTS,
): string[] {
  const types = join(folder, 'node_modules/@types/node');
  if (!existsSync(types)) {
    mkdirSync(dirname(types), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules/@types/node'), types, 'dir');
  }
  writeFileSync(join(folder, 'consumer.ts'), SOURCE);
  writeFileSync(join(folder, 'studies.ts'), STUDIES);
  const browser = projects.map((project) => ({ ...project, types: [], files: ['consumer.ts'] }));
  const node = [{ lib: ['esnext'], exact: false, types: ['node'], files: ['consumer.ts', 'studies.ts'] }];
  return [...browser, ...node].flatMap(({ lib, exact, types: of, files }) => {
    const compilerOptions = {
      target: 'es2022',
      module,
      moduleResolution,
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: exact,
      lib,
      types: of,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const { stdout, status } = spawnSync(process.execPath, [tsc, '--pretty', 'false'], {
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
