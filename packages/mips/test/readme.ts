/** Runs the examples of this package's README as their readers would. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '..');
const root = resolve(folder, '../..');

export interface Example {
  readonly code: string;
  /** What its comments `// prints "..."` say. */
  readonly prints: readonly string[];
}

/** The TypeScript examples, in their order. */
export function examples(): Example[] {
  const text = readFileSync(join(folder, 'README.md'), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => ({
    code,
    prints: [...code.matchAll(/\/\/ prints "(.*)"$/gm)].map(([, line = '']) => line),
  }));
}

/** What the example prints, by lines. @throws {Error} with what it wrote to stderr, if it fails. */
export function run(code: string): string[] {
  const options = ['--conditions=@hashgrad/source', '--input-type=module-typescript', '-'];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, {
    cwd: folder,
    input: code,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The example failed:\n${stderr}`);
  return stdout.trimEnd().split('\n');
}

/** What the compiler has to say against the examples, under the strictest settings of a reader. */
export function typeErrors(code: string): string {
  const scratch = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    writeFileSync(join(scratch, 'example.mts'), code);
    const compilerOptions = {
      noEmit: true,
      isolatedDeclarations: false,
      customConditions: ['@hashgrad/source'],
      typeRoots: [join(root, 'node_modules/@types')],
      paths: { '@hashgrad/*': [join(root, 'packages/*/src/index.ts')] },
    };
    const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files: ['example.mts'] };
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(config));
    return spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', scratch], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
