/** usearch (npm), a graph index: what searches are compared with. It is used if it is installed, and only then. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As much of the package as is used here. */
interface UsearchIndex {
  add(keys: bigint | BigUint64Array, vectors: Float32Array, threads: number): void;
  remove(key: bigint): number;
  search(
    query: Float32Array,
    k: number,
    threads: number,
  ): { readonly keys: BigUint64Array; readonly distances: Float32Array };
  save(path: string): void;
  load(path: string): void;
}

type Usearch = new (config: Record<string, string | number | boolean>) => UsearchIndex;

/** M and the expansion while building, of all graphs here. */
const CONNECTIVITY = 16;
const EXPANSION_ADD = 200;

/** The package, or why it is not there. */
export async function loadUsearch(): Promise<Usearch | string> {
  // Not written as a literal, so that type checks and bundlers do without it.
  const name = 'usearch';
  try {
    const { Index } = (await import(name)) as { Index?: Usearch };
    return Index ?? 'usearch has no Index';
  } catch (error) {
    return `usearch is not installed: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** A graph of one corpus, searched with different expansions; all on one thread. */
export class Graph implements Disposable {
  readonly secondsToBuild: number;
  readonly #usearch: Usearch;
  readonly #dimensions: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'hashgrad-usearch-'));
  readonly #path: string;

  constructor(usearch: Usearch, vectors: Float32Array, dimensions: number) {
    this.#usearch = usearch;
    this.#dimensions = dimensions;
    this.#path = join(this.#folder, 'index');
    const index = this.#make(64);
    const keys = BigUint64Array.from({ length: vectors.length / dimensions }, (_, i) => BigInt(i));
    const start = performance.now();
    index.add(keys, vectors, 1);
    this.secondsToBuild = (performance.now() - start) / 1000;
    index.save(this.#path);
  }

  /** The graph with an expansion while searching: it is fixed when a graph is made, so this one is read from a file. */
  withExpansion(expansion: number): GraphSearch {
    const index = this.#make(expansion);
    index.load(this.#path);
    return {
      search: (query, k) => Uint32Array.from(index.search(query, k, 1).keys, Number),
      replace(id, vector) {
        index.remove(BigInt(id));
        index.add(BigInt(id), vector, 1);
      },
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #make(expansion: number): UsearchIndex {
    return new this.#usearch({
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
  search(query: Float32Array, k: number): Uint32Array;
  replace(id: number, vector: Float32Array): void;
}
