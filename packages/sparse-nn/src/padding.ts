/** Filling short lists of active units with random ones: an explicit option, whose share is reported. */
import { randomStream, type RandomStream } from '@hashgrad/kernels';
import type { Selection } from './selector.ts';

export class Padding {
  readonly #units: number;
  readonly #seed: number;
  readonly #name: string;
  readonly #training: RandomStream;
  readonly #mark: Int32Array;
  #stamp = 0;
  #padded = 0;
  #active = 0;

  constructor(units: number, seed: number, name: string) {
    this.#units = units;
    this.#seed = seed;
    this.#name = name;
    this.#training = randomStream(seed, `${name} padding`);
    this.#mark = new Int32Array(units);
  }

  /** Share of the active units, in training, that were padding. */
  get share(): number {
    return this.#active === 0 ? 0 : this.#padded / this.#active;
  }

  /** Fills each list (`lengths[s]` ids at s * most) up to `most` units. Padded lists are sorted, but not the forced ones. */
  fill(ids: Int32Array, most: number, lengths: Int32Array, { batch, training, forced }: Selection): void {
    const stream = training ? this.#training : randomStream(this.#seed, `${this.#name} padding evaluation`);
    for (let s = 0; s < batch; s++) {
      const first = s * most;
      const length = lengths[s]!;
      if (training) {
        this.#active += most;
        this.#padded += most - length;
      }
      if (length === most) continue;
      const stamp = ++this.#stamp;
      for (let i = first; i < first + length; i++) this.#mark[ids[i]!] = stamp;
      for (let to = first + length; to < first + most;) {
        const id = stream.integer(this.#units);
        if (this.#mark[id] === stamp) continue;
        this.#mark[id] = stamp;
        ids[to++] = id;
      }
      lengths[s] = most;
      if (!forced) ids.subarray(first, first + most).sort();
    }
  }
}
