/** An index and its model, to which the same happens. */
import assert from 'node:assert/strict';
import { type RandomStream, randomStream } from '@hashgrad/kernels';
import {
  type FamilySpec,
  LshIndex,
  type LshIndexOptions,
  type Metric,
  pStable,
  simHash,
} from '../../src/index.ts';
import { expectAgreement } from './laws.ts';
import { Model } from './oracle.ts';

export const DIMENSIONS = 6;

/** A family with few hash functions, so that much collides. */
export function smallFamily(metric: Metric): FamilySpec {
  return metric === 'euclidean'
    ? pStable({ hashes: 2, tables: 3, width: 2, cells: 8 })
    : simHash({ bits: 5, tables: 3, projection: 'hadamard' });
}

export class Pair {
  index: LshIndex;
  readonly model: Model;
  readonly #random: RandomStream;
  readonly #removed: number[] = [];

  constructor(options: Pick<LshIndexOptions, 'metric' | 'team'>, seed: number) {
    const all = { dimensions: DIMENSIONS, family: smallFamily(options.metric), seed, ...options };
    this.index = new LshIndex(all);
    this.model = new Model(all);
    this.#random = randomStream(seed, 'pair');
  }

  /** Vectors of many lengths, some of them equal, some zero. */
  draw(count: number, longer: number = 1): Float32Array {
    const random = this.#random;
    const flat = new Float32Array(count * DIMENSIONS);
    for (let i = 0; i < count; i++) {
      const kind = random.integer(20);
      const scale = kind === 0 ? 0 : longer * 10 ** (random.uniform() - 0.5);
      for (let k = 0; k < DIMENSIONS; k++) {
        flat[i * DIMENSIONS + k] = kind === 1 ? 1 : scale * random.normal();
      }
    }
    return flat;
  }

  /** Some ids that are there. */
  some(most: number): number[] {
    const ids = this.model.ids();
    const count = Math.min(ids.length, 1 + this.#random.integer(most));
    return [...new Set(Array.from({ length: count }, () => ids[this.#random.integer(ids.length)] as number))];
  }

  add(flat: Float32Array): void {
    const first = this.model.next;
    const ids = this.index.add(flat);
    assert.deepEqual(
      [...ids],
      Array.from({ length: flat.length / DIMENSIONS }, (_, i) => first + i),
    );
    this.model.put(ids, flat);
  }

  addAgain(): void {
    const ids = this.#removed.splice(0, 1 + this.#random.integer(this.#removed.length + 1));
    const flat = this.draw(ids.length);
    assert.deepEqual([...this.index.add(flat, ids)], ids);
    this.model.put(ids, flat);
  }

  update(ids: readonly number[], flat: Float32Array): void {
    this.index.update(ids, flat);
    this.model.put(ids, flat);
  }

  remove(ids: readonly number[]): void {
    this.index.remove(ids);
    for (const id of ids) this.model.vectors.delete(id);
    this.#removed.push(...ids);
  }

  reload(): void {
    const bytes = this.index.toBytes();
    this.index.close();
    this.index = LshIndex.load(bytes);
    assert.deepEqual(this.index.toBytes(), bytes);
  }

  /** Something at random, in batches of 1 to `most`. */
  step(most: number): void {
    const kind = this.#random.integer(10);
    if (kind < 4) this.add(this.draw(1 + this.#random.integer(most)));
    else if (kind === 4) this.addAgain();
    else if (kind === 9) this.reload();
    else {
      const ids = this.some(most / 2);
      if (kind < 7) this.update(ids, this.draw(ids.length));
      else this.remove(ids);
    }
  }

  close(): void {
    this.index.close();
    this.model.close();
  }

  /** Compares all that the index says. */
  agree(): void {
    expectAgreement(this.index, this.model, this.draw(1));
    for (const id of this.some(5)) assert.deepEqual(this.index.get(id), this.model.vectors.get(id));
    for (const id of this.#removed.slice(0, 3)) {
      assert.deepEqual([this.index.has(id), this.index.get(id)], [false, undefined]);
    }
  }
}
