/**
 * Compiles assembly/ to the WASM builds and embeds them in src/generated/. With --check nothing is written: the
 * process fails where what is there is not what the sources give (asc is deterministic, so the bytes must agree).
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

/** Shared or not is decided by the platform, relaxed SIMD (fused multiply-add) by the engine: one build for each. */
const BUILDS = [
  { name: 'shared-relaxed', shared: true, relaxed: true },
  { name: 'shared', shared: true, relaxed: false },
  { name: 'unshared-relaxed', shared: false, relaxed: true },
  { name: 'unshared', shared: false, relaxed: false },
];

const folder = join(import.meta.dirname, '..');
const generated = join(folder, 'src', 'generated');

async function compile(shared: boolean, relaxed: boolean): Promise<{ wasm: Buffer; types: string }> {
  const features = ['simd', ...(shared ? ['threads'] : []), ...(relaxed ? ['relaxed-simd'] : [])];
  const written = new Map<string, string | Uint8Array>();
  const { error, stderr } = await main(
    [
      'assembly/index.ts',
      ['--baseDir', folder, '--outFile', 'kernels.wasm'],
      '-O3 --noAssert --runtime stub --bindings raw'.split(' '),
      '--importMemory --initialMemory 1 --maximumMemory 65536'.split(' '),
      features.flatMap((feature) => ['--enable', feature]),
      shared ? ['--sharedMemory'] : [],
    ].flat(),
    { writeFile: (name, contents) => void written.set(name, contents) },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const file = (name: string): Buffer => Buffer.from(written.get(name) ?? '');
  return { wasm: file('kernels.wasm'), types: file('kernels.d.ts').toString() };
}

/** Types for the kernels, from the declarations that the compiler writes. */
function declareKernels(types: string): string {
  const functions = [...types.matchAll(/export function (\w+)\(([^)]*)\): (\w+);/g)];
  const ranged = functions.filter(([, , parameters]) => /begin: number, end: number/.test(parameters ?? ''));
  return [
    '// Made by scripts/build-wasm.ts from assembly/; do not edit.',
    '',
    '/** Every export of the program. Addresses are byte offsets in the memory; nothing is checked. */',
    'export interface KernelExports {',
    ...functions.map(([, name, parameters, result]) => `  ${name}(${parameters}): ${result};`),
    '}',
    '',
    '/** Kernels that work on a range of items, with their arguments but for the range and the scratch after it. */',
    'export interface KernelArguments {',
    ...ranged.map(
      ([, name, parameters]) => `  ${name}: [${(parameters ?? '').replace(/, begin: number.*$/, '')}];`,
    ),
    '}',
    '',
  ].join('\n');
}

const files = new Map<string, string>();
for (const { name, shared, relaxed } of BUILDS) {
  const { wasm, types } = await compile(shared, relaxed);
  files.set(
    `${name}.ts`,
    `// Made by scripts/build-wasm.ts from assembly/; do not edit.\nexport const wasm: string =\n  '${wasm.toString('base64')}';\n`,
  );
  files.set('kernels.ts', declareKernels(types));
}

let stale = 0;
for (const [name, text] of files) {
  const path = join(generated, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  stale++;
  if (process.argv.includes('--check')) {
    console.error(
      `src/generated/${name} is not what assembly/ gives: run \`pnpm --filter @hashgrad/kernels generate\`.`,
    );
  } else {
    mkdirSync(generated, { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote src/generated/${name} (${text.length} bytes)`);
  }
}
if (stale > 0 && process.argv.includes('--check')) process.exitCode = 1;
