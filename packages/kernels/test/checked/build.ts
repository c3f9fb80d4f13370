/**
 * A build of the program in which every load and store first tells the host where it goes: the sources are compiled with
 * calls in place of the builtins. It is made on demand and kept by the hash of what it is made of.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

const folder = join(import.meta.dirname, '../..');
const prelude = join(import.meta.dirname, 'access.ts.txt');
const cache = join(folder, 'node_modules', '.cache', 'checked');

/** The builtins that touch memory, and what takes their place. */
function checkedSource(source: string): string {
  return source
    .replaceAll(/(?<![\w.])store<u8>\(/g, '__store_u8(')
    .replaceAll(/(?<![\w.])(load|store)</g, '__$1<')
    .replaceAll(/\bv128\.((?:load|store)\w*)\(/g, '__v128_$1(')
    .replaceAll(/\bmemory\.(copy|fill)\(/g, '__memory_$1(');
}

/** The compiled program, with or without fused multiply-add, for an unshared memory. */
export async function checkedProgram(relaxed: boolean): Promise<WebAssembly.Module> {
  const sources = globSync('assembly/**/*.ts', { cwd: folder })
    .toSorted()
    .map((path) => join(folder, path));
  const hash = createHash('sha256').update(String(relaxed));
  for (const path of [...sources, prelude, import.meta.filename]) hash.update(readFileSync(path));
  const path = join(cache, `${hash.digest('hex').slice(0, 16)}.wasm`);
  if (!existsSync(path)) {
    mkdirSync(cache, { recursive: true });
    // Whole or not at all: other tests may be making it, too.
    writeFileSync(`${path}.${process.pid}`, await compile(relaxed));
    renameSync(`${path}.${process.pid}`, path);
  }
  return new WebAssembly.Module(readFileSync(path));
}

async function compile(relaxed: boolean): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await main(
    [
      ['assembly/index.ts', 'assembly/access.ts', '--baseDir', folder, '--outFile', 'checked.wasm'],
      '-O1 --noAssert --runtime stub --enable simd'.split(' '),
      relaxed ? ['--enable', 'relaxed-simd'] : [],
      '--importMemory --initialMemory 1 --maximumMemory 65536'.split(' '),
    ].flat(),
    {
      readFile(name, base) {
        if (name === 'assembly/access.ts') return readFileSync(prelude, 'utf8');
        const path = join(base, name);
        if (!existsSync(path)) return null;
        return checkedSource(readFileSync(path, 'utf8'));
      },
      writeFile(name, contents) {
        if (name === 'checked.wasm') wasm = contents as Uint8Array;
      },
    },
  );
  if (error || !wasm) throw new Error(`${error?.message}\n${stderr.toString()}`);
  return wasm;
}
