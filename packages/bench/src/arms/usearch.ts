/** usearch (npm), a graph index: what searches are compared with. It is used if it is installed, and only then. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '@hashgrad/kernels';

/** As much of an index as is used here. */
interface UsearchIndex {
  add(keys: bigint | BigUint64Array, vectors: Float32Array, threads: number): void;
  remove(key: bigint): number;
  /** Keys of all queries, `k` for each, or of one; fewer where fewer were found. */
  search(
    queries: Float32Array,
    k: number,
    threads: number,
  ): { readonly keys: BigUint64Array; readonly distances: Float32Array };
  save(path: string): void;
  load(path: string): void;
  view(path: string): void;
}

/** As much of the package as is used here. */
export interface Usearch {
  readonly Index: new (config: Record<string, string | number | boolean>) => UsearchIndex;
  readonly version: string;
}

/** M and the expansion while building, of all graphs here. */
const CONNECTIVITY = 16;
const EXPANSION_ADD = 200;
/** Vectors that are added at a time, so that the progress of a long build shows. */
const CHUNK = 20_000;

/** The package, or why it is not there. */
export async function loadUsearch(): Promise<Usearch | string> {
  // Not written as a literal, so that type checks and bundlers do without it.
  const name = 'usearch';
  try {
    const { Index } = (await import(name)) as { Index?: Usearch['Index'] };
    return Index ? { Index, version: installedVersion(name) } : 'usearch has no Index';
  } catch (error) {
    return `usearch is not installed: ${(error as Error).message.split('\n')[0]}`;
  }
}

export interface GraphOptions {
  /** Threads that build; 1 by default. */
  readonly threads?: number;
  /**
   * A folder that belongs to the vectors: a graph that was built there is read again, and a new one is left there.
   * By default a temporary one.
   */
  readonly folder?: string | undefined;
  /** Is told how many vectors are in, now and then. */
  readonly onProgress?: (added: number) => void;
}

/** How a graph was built, beside its file. */
interface Built {
  readonly seconds: number;
  readonly threads: number;
}

/** A graph of one corpus, searched with different expansions. */
export class Graph implements Disposable {
  /** What building took, now or when the graph was put into its folder. */
  readonly secondsToBuild: number;
  /** Threads that built it. */
  readonly buildThreads: number;
  readonly #usearch: Usearch;
  readonly #dimensions: number;
  readonly #path: string;
  readonly #temporary: string | undefined;

  constructor(usearch: Usearch, vectors: Float32Array, dimensions: number, options: GraphOptions = {}) {
    const { threads = 1, folder, onProgress } = options;
    this.#usearch = usearch;
    this.#dimensions = dimensions;
    this.#temporary = folder === undefined ? mkdtempSync(join(tmpdir(), 'hashgrad-usearch-')) : undefined;
    const home = folder ?? (this.#temporary as string);
    const name = `usearch-${usearch.version}-m${CONNECTIVITY}-add${EXPANSION_ADD}`;
    this.#path = join(home, `${name}.graph`);
    const facts = join(home, `${name}.json`);
    // The facts are written last: where they are, the graph is whole.
    const built = existsSync(facts)
      ? (JSON.parse(readFileSync(facts, 'utf8')) as Built)
      : this.#build(vectors, threads, onProgress);
    this.secondsToBuild = built.seconds;
    this.buildThreads = built.threads;
    if (!existsSync(facts)) writeFileAtomic(facts, Buffer.from(`${JSON.stringify(built)}\n`));
  }

  /**
   * The graph with an expansion while searching, which is fixed when an index is made. All such views map the same file
   * into memory, so that many take no more than one; they answer as fast as a graph that was read.
   */
  withExpansion(expansion: number): GraphSearch {
    const index = this.#make(expansion);
    index.view(this.#path);
    return searchOf(index);
  }

  /** The graph read into memory of its own, so that it can be changed. */
  editable(expansion: number): EditableGraph {
    const index = this.#make(expansion);
    index.load(this.#path);
    return {
      ...searchOf(index),
      replace(id, vector) {
        index.remove(BigInt(id));
        index.add(BigInt(id), vector, 1);
      },
    };
  }

  [Symbol.dispose](): void {
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
  }

  #build(vectors: Float32Array, threads: number, onProgress?: (added: number) => void): Built {
    const index = this.#make(64);
    const count = vectors.length / this.#dimensions;
    const keys = BigUint64Array.from({ length: count }, (_, i) => BigInt(i));
    const start = performance.now();
    for (let from = 0; from < count; from += CHUNK) {
      const to = Math.min(count, from + CHUNK);
      const rows = vectors.subarray(from * this.#dimensions, to * this.#dimensions);
      index.add(keys.subarray(from, to), rows, threads);
      onProgress?.(to);
    }
    const seconds = (performance.now() - start) / 1000;
    mkdirSync(dirname(this.#path), { recursive: true });
    index.save(`${this.#path}.part`);
    renameSync(`${this.#path}.part`, this.#path);
    return { seconds, threads };
  }

  #make(expansion: number): UsearchIndex {
    return new this.#usearch.Index({
      dimensions: this.#dimensions,
      metric: 'ip',
      quantization: 'f32',
      connectivity: CONNECTIVITY,
      expansion_add: EXPANSION_ADD,
      expansion_search: expansion,
      multi: false,
    });
  }
}

export interface GraphSearch {
  /** The ids of the `k` best of one query, or of many in one flat array, `k` for each. */
  search(queries: Float32Array, k: number, threads?: number): Uint32Array;
}

export interface EditableGraph extends GraphSearch {
  replace(id: number, vector: Float32Array): void;
}

function searchOf(index: UsearchIndex): GraphSearch {
  return {
    search: (queries, k, threads = 1) => Uint32Array.from(index.search(queries, k, threads).keys, Number),
  };
}

/** The package exports no package.json, so it is looked for above its entry. */
function installedVersion(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  for (;;) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const facts = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
      if (facts.name === name) return facts.version ?? 'unknown';
    }
    if (dirname(folder) === folder) return 'unknown';
    folder = dirname(folder);
  }
}
