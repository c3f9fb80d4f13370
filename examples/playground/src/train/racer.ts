/** One of the networks that are trained at the same time, with the images that it has yet to see in this epoch. */
import { batches, type DenseDataset } from '@hashgrad/datasets';
import { Network } from '@hashgrad/sparse-nn';
import type { Contestant } from './contest.ts';
import { BATCH, DIGEST_EVERY, type NetworkName, type Settings, specOf } from './settings.ts';

/** Bytes that a network of so many units may take; such memory is reserved at once where it cannot grow. */
const roomFor = (units: number): number => 2 ** 20 * (48 + Math.ceil(units / 20));

export class Racer implements Contestant, Disposable {
  readonly name: NetworkName;
  readonly net: Network;
  steps = 0;
  /** Epochs that are over. */
  epochs = 0;
  readonly #train: DenseDataset;
  readonly #seed: number;
  #batches: Iterator<DenseDataset>;

  private constructor(name: NetworkName, net: Network, train: DenseDataset, seed: number) {
    this.name = name;
    this.net = net;
    this.#train = train;
    this.#seed = seed;
    this.#batches = this.#epoch();
  }

  static async create(name: NetworkName, settings: Settings, train: DenseDataset): Promise<Racer> {
    const { seed, portable, units } = settings;
    const options = { seed, threads: 1, batchSize: BATCH, capacity: roomFor(units) };
    const relaxed = portable ? { relaxed: false } : {};
    const net = await Network.create(specOf(name, settings), { ...options, ...relaxed });
    return new Racer(name, net, train, seed);
  }

  /** Trains on a batch. Its turn ends where a digest is due. */
  step(): boolean {
    let next = this.#batches.next();
    if (next.done) {
      this.epochs++;
      this.#batches = this.#epoch();
      next = this.#batches.next();
    }
    this.net.step(next.value as DenseDataset);
    this.steps++;
    return this.steps % DIGEST_EVERY !== 0;
  }

  /** Epochs, with the part of the one that is under way. */
  get passes(): number {
    return this.steps / Math.ceil(this.#train.rows / BATCH);
  }

  [Symbol.dispose](): void {
    this.net.close();
  }

  /** All networks see the images in the same order, which is another in each epoch. */
  #epoch(): Iterator<DenseDataset> {
    return batches(this.#train, { size: BATCH, seed: this.#seed, epoch: this.epochs + 1 })[Symbol.iterator]();
  }
}
