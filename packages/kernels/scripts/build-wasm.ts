/**
 * Compiles assembly/ and embeds the program in src/generated/. With --check nothing is written: the process fails where
 * what is there is not what the sources give (asc is deterministic, so the bytes must agree).
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';
import { applyDelta } from '../src/memory/delta.ts';
import { deltaOf } from './delta.ts';

const folder = join(import.meta.dirname, '..');
const generated = join(folder, 'src', 'generated');

interface Compiled {
  readonly wasm: Buffer;
  /** Declarations of the exports, as the compiler writes them. */
  readonly types: string;
  readonly records: readonly RecordClass[];
}

/** A class of assembly/, all of which are unmanaged: a layout of memory that TypeScript writes and kernels read. */
interface RecordClass {
  readonly name: string;
  readonly bytes: number;
  readonly fields: readonly { readonly name: string; readonly at: number; readonly kind: string }[];
}

/** What is read here of the compiler's own elements. */
interface CompiledClass {
  readonly name: string;
  readonly internalName: string;
  readonly nextMemoryOffset?: number;
  readonly members: ReadonlyMap<string, { readonly instance?: CompiledField }>;
}

interface CompiledField {
  readonly memoryOffset: number;
  readonly type: { toString(): string };
}

async function compile(shared: boolean, relaxed: boolean): Promise<Compiled> {
  const features = ['simd', ...(shared ? ['threads'] : []), ...(relaxed ? ['relaxed-simd'] : [])];
  const written = new Map<string, string | Uint8Array>();
  const records: RecordClass[] = [];
  /** The compiler says where it laid the fields. */
  class Layouts {
    declare readonly program: { readonly instancesByName: ReadonlyMap<string, unknown> };
    afterCompile(): void {
      for (const element of this.program.instancesByName.values()) {
        const made = element as CompiledClass;
        if (made.nextMemoryOffset === undefined || !made.internalName.startsWith('assembly/')) continue;
        const fields = [...made.members].flatMap(([name, { instance }]) =>
          instance === undefined || !(instance.memoryOffset >= 0)
            ? []
            : [{ name, at: instance.memoryOffset, kind: instance.type.toString() }],
        );
        records.push({ name: made.name, bytes: made.nextMemoryOffset, fields });
      }
    }
  }
  const { error, stderr } = await main(
    [
      'assembly/index.ts',
      ['--baseDir', folder, '--outFile', 'kernels.wasm'],
      '-O3 --noAssert --runtime stub --bindings raw'.split(' '),
      '--importMemory --initialMemory 1 --maximumMemory 65536'.split(' '),
      features.flatMap((feature) => ['--enable', feature]),
      shared ? ['--sharedMemory'] : [],
    ].flat(),
    { writeFile: (name, contents) => void written.set(name, contents), transforms: [Layouts as never] },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const file = (name: string): Buffer => Buffer.from(written.get(name) ?? '');
  records.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { wasm: file('kernels.wasm'), types: file('kernels.d.ts').toString(), records };
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

/** Where the fields of records lie, by name. */
function declareRecords(records: readonly RecordClass[]): string {
  return [
    '// Made by scripts/build-wasm.ts from assembly/; do not edit.',
    '',
    '/** The classes of assembly/: where each field starts, in bytes, and its type there (usize: an address). */',
    'export const RECORDS = {',
    ...records.flatMap(({ name, bytes, fields }) => [
      `  ${name}: {`,
      `    bytes: ${bytes},`,
      '    fields: {',
      ...fields.map((field) => `      ${field.name}: { at: ${field.at}, kind: '${field.kind}' },`),
      '    },',
      '  },',
    ]),
    '} as const;',
    '',
  ].join('\n');
}

/**
 * Where the program says whether its memory is shared, and what it says then: all else is equal, and the build fails if it
 * is not.
 */
function sharedByte(unshared: Buffer, shared: Buffer): { at: number; value: number } {
  const differing = [...unshared.keys()].filter((at) => unshared[at] !== shared[at]);
  const [at] = differing;
  if (unshared.length !== shared.length || at === undefined || differing.length > 1) {
    throw new Error('The programs for shared and for unshared memory differ in more than one byte.');
  }
  return { at, value: shared[at] as number };
}

/** One program, and what turns it into the three others. */
async function embed(): Promise<{ program: string; types: string; records: readonly RecordClass[] }> {
  const plain = await compile(false, false);
  const relaxed = await compile(false, true);
  const shared = sharedByte(plain.wasm, (await compile(true, false)).wasm);
  const sharedRelaxed = sharedByte(relaxed.wasm, (await compile(true, true)).wasm);
  if (sharedRelaxed.at !== shared.at || sharedRelaxed.value !== shared.value) {
    throw new Error('With relaxed SIMD the program says elsewhere whether its memory is shared.');
  }
  const delta = deltaOf(plain.wasm, relaxed.wasm);
  if (!relaxed.wasm.equals(applyDelta(plain.wasm, delta))) {
    throw new Error('The delta does not make the program with relaxed SIMD.');
  }
  const program = [
    '// Made by scripts/build-wasm.ts from assembly/; do not edit.',
    '',
    '/** The program for unshared memory and without relaxed SIMD, in base64. */',
    `export const wasm: string =\n  '${plain.wasm.toString('base64')}';`,
    '',
    '/** What makes of it the program with relaxed SIMD: a delta, in base64. */',
    `export const relaxed: string =\n  '${Buffer.from(delta).toString('base64')}';`,
    '',
    '/** The byte of either that says whether its memory is shared, and its value if it is. */',
    `export const sharedByte: { readonly at: number; readonly value: number } = { at: ${shared.at}, value: ${shared.value} };`,
    '',
  ].join('\n');
  return { program, types: plain.types, records: plain.records };
}

const { program, types, records } = await embed();
const files = new Map([
  ['program.ts', program],
  ['kernels.ts', declareKernels(types)],
  ['records.ts', declareRecords(records)],
]);

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
