/** What takes long to compute for a corpus is kept in a folder: the exact results, and the graph that others search. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readFileBytes, writeFileAtomic } from '@hashgrad/kernels';
import type { Corpus } from '../../tasks/task.ts';

/** Rows whose bits stand for those of all: corpora are drawn row by row from one stream. */
const ROWS = 1000;

/** The system's folder for what can be made again. */
export function defaultCache(): string {
  const { env, platform } = process;
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'hashgrad');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? homedir(), 'hashgrad', 'cache');
  return join(homedir(), platform === 'darwin' ? 'Library/Caches' : '.cache', 'hashgrad');
}

/**
 * The folder of one corpus: `flat-1000000x128-seed1-0123abcd`. The last part is of the vectors themselves, so that nothing
 * is found again that belongs to another way of drawing them.
 */
export function corpusFolder(cache: string, corpus: Corpus, seed: number): string {
  const { name, dimensions, vectors } = corpus;
  const print = fingerprint(vectors.subarray(0, ROWS * dimensions));
  return join(cache, `${name}-${vectors.length / dimensions}x${dimensions}-seed${seed}-${print}`);
}

/**
 * The ids of the `k` best of each query, `k` for each: read from the folder if they were found before for the same queries,
 * else computed and left there. Without a folder they are computed.
 */
export function cachedTruth(
  folder: string | undefined,
  queries: Float32Array,
  k: number,
  compute: () => Uint32Array,
): Uint32Array {
  if (folder === undefined) return compute();
  const path = join(folder, `truth-k${k}-${fingerprint(queries)}.u32`);
  if (existsSync(path)) {
    const bytes = readFileBytes(path);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }
  const found = compute();
  mkdirSync(folder, { recursive: true });
  writeFileAtomic(path, new Uint8Array(found.buffer, found.byteOffset, found.byteLength));
  return found;
}

function fingerprint(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 8);
}
