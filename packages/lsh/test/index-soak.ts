/** A long life of indexes: random changes and queries, each answer held against a plain index. */
import { METRICS } from './lsh-index/oracle.ts';
import { Pair } from './lsh-index/pair.ts';
import { IndexModel } from './minhash-index/index-model.ts';

/** Changes in the life of one index: it grows, and so does the time that its plain one takes. */
const LIFE = 200;

/** Changes and queries of `LshIndex`, by all metrics. @throws {Error} that says how the answers differ. */
export function soakLshIndex(operations: number, seed: number): void {
  for (let done = 0, life = 0; done < operations; life++) {
    const metric = METRICS[life % METRICS.length];
    const pair = new Pair({ metric: metric ?? 'cosine' }, 1000 * seed + life);
    // Batches of one vector, of some, and of thousands.
    const most = [2, 20, 50][Math.floor(life / METRICS.length) % 3] ?? 2;
    for (let step = 0; step < LIFE && done < operations; step++, done++) {
      pair.step(step === LIFE / 2 ? 100 * most : most);
      pair.agree();
    }
    pair.close();
  }
}

/** Changes and queries of `MinHashIndex`. @throws {Error} that says how the answers differ. */
export function soakMinHashIndex(operations: number, seed: number): void {
  for (let done = 0, life = 0; done < operations; life++) {
    const model = new IndexModel(1000 * seed + life);
    for (let step = 0; step < 10 * LIFE && done < operations; step++, done++) {
      model.step();
      model.check();
      if (step % 100 === 99) model.checkPairs();
    }
    model.index.close();
  }
}
