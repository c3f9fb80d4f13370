/** One half of product keys: what maps the input to the half of a query, its keys, and the best of these for each sample. */
import { bestOfRows, randomStream } from '@hashgrad/kernels';
import type { DenseActivations } from '../../layers/activations.ts';
import { LinearMap } from '../linear-map.ts';
import type { SelectorContext } from '../selector.ts';

export class KeyHalf implements Disposable {
  readonly query: LinearMap;
  readonly keys: LinearMap;
  /** Keys of a sample's list, highest first, from s * k on. */
  readonly best: Int32Array;
  readonly k: number;
  readonly #context: SelectorContext;
  readonly #lengths: Int32Array;

  constructor(keys: number, dimensions: number, count: number, which: string, context: SelectorContext) {
    const { team, inputs, batch, seed, name } = context;
    const random = randomStream(seed, `${name} product keys ${which}`);
    this.#context = context;
    this.query = new LinearMap(context, dimensions, inputs, 1, random);
    this.keys = new LinearMap(context, keys, dimensions, 1, random);
    this.k = Math.min(keys, count);
    this.best = team.arena.int32(batch * this.k);
    this.#lengths = team.arena.int32(batch);
  }

  score(x: DenseActivations, batch: number): void {
    this.query.forward(x, batch);
    this.keys.forward(this.query.outputs, batch);
  }

  rank(batch: number): void {
    const { values, stride, width } = this.keys.outputs;
    const by = { positions: this.best, lengths: this.#lengths, values, stride, width, k: this.k };
    bestOfRows(this.#context.team, by, batch);
    // Positions are in the whole array.
    for (let s = 1; s < batch; s++) {
      for (let i = s * this.k; i < (s + 1) * this.k; i++) this.best[i]! -= s * stride;
    }
  }

  /** Of a sample's best keys, highest first. */
  bestScores(sample: number, out: Float32Array): void {
    for (let i = 0; i < this.k; i++) out[i] = this.scoreOf(sample, this.best[sample * this.k + i]!);
  }

  /** Of a key for a sample. */
  scoreOf(sample: number, key: number): number {
    const { values, stride } = this.keys.outputs;
    return values[sample * stride + key]!;
  }

  [Symbol.dispose](): void {
    this.query[Symbol.dispose]();
    this.keys[Symbol.dispose]();
    this.#context.team.arena.free(this.best);
    this.#context.team.arena.free(this.#lengths);
  }
}
