/** What `bindHasher` puts around a family's own hasher, so that all of them are closed and refuse use alike. */
import { Resource } from '@hashgrad/kernels';
import type {
  BoundFamily,
  CodeTarget,
  DenseVectors,
  Hasher,
  HashOperations,
  Learning,
  SparseVectors,
} from './family.ts';

export class BoundHasher extends Resource implements Hasher {
  readonly tables: number;
  readonly buckets: number;
  readonly mostProbes?: number;
  readonly learning?: Learning;
  readonly probe?: NonNullable<Hasher['probe']>;
  readonly probeSparse?: NonNullable<Hasher['probeSparse']>;
  readonly #own: BoundFamily;

  constructor(own: BoundFamily) {
    super('This hasher');
    this.tables = own.tables;
    this.buckets = own.buckets;
    this.#own = own;
    if (own.mostProbes !== undefined) this.mostProbes = own.mostProbes;
    if (own.learning) this.learning = this.#guarded(own.learning);
    if (own.probe) {
      this.probe = (vectors, count, ...rest) => {
        this.#check(count);
        own.probe?.(vectors, count, ...rest);
      };
    }
    if (own.probeSparse) {
      this.probeSparse = (vectors, count, ...rest) => {
        this.#check(count);
        own.probeSparse?.(vectors, count, ...rest);
      };
    }
  }

  hash(vectors: DenseVectors, count: number, target: CodeTarget, rows?: Int32Array): void {
    this.#check(count);
    this.#own.hash(vectors, count, target, rows);
  }

  hashSparse(vectors: SparseVectors, count: number, target: CodeTarget): void {
    this.#check(count);
    this.#own.hashSparse(vectors, count, target);
  }

  operations(nonZeros: number): HashOperations {
    this.checkOpen();
    return this.#own.operations(nonZeros);
  }

  /** The same, until the hasher is closed: then its directions are somebody else's memory. */
  #guarded(learning: Learning): Learning {
    const check = (): void => this.checkOpen();
    return {
      get state() {
        check();
        return learning.state;
      },
      learn(lesson) {
        check();
        const { rows, queries, near, seed } = lesson;
        // What gives the lesson may have closed the hasher.
        check();
        return learning.learn({ rows, queries, near, seed });
      },
    };
  }

  #check(count: number): void {
    this.checkOpen();
    if (Number.isInteger(count) && count >= 0) return;
    throw new RangeError(`A batch to hash has 0 or more vectors; got ${count}.`);
  }

  protected override release(): void {
    this.#own[Symbol.dispose]();
  }
}
