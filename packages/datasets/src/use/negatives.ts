import { checkNumber, checkSeed, checkOptions } from '../check-options.ts';
import { randomIndex, randomSource, type RandomSource } from '../random.ts';

/** How negatives are drawn. */
export interface NegativeOptions {
  /** The power of a class's count that its probability is proportional to; 0.75 by default, as in word2vec. 0 is uniform. */
  readonly power?: number;
  /** Decides what is drawn; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
}

/**
 * Draws classes with probabilities proportional to a power of their counts, as word2vec draws negatives (Mikolov et al., NIPS
 * 2013, section 2.2), each by one look-up (Walker 1977, as built by Vose 1991). Training with sparse-nn has samplers of its own;
 * this is for pairs and triples that are made beforehand.
 */
export class NegativeTable {
  /** Of each class; 0 where the count is 0. They sum to 1. */
  readonly probabilities: Float64Array;
  /** A slot's own class is drawn below this, of [0, 1); else its alias. */
  readonly #threshold: Float64Array;
  readonly #alias: Int32Array;
  readonly #source: RandomSource;

  /**
   * @param counts of each class, such as `classCounts(train)`, or `vocabulary.counts`.
   * @throws RangeError if a count is below 0 or not finite, or none is above 0.
   */
  constructor(counts: ArrayLike<number>, options: NegativeOptions = {}) {
    checkOptions('NegativeTable', options, { power: true, seed: true });
    const { power = 0.75, seed = 1 } = options;
    checkNumber(power, 'power', 0, 100);
    const weights = Float64Array.from(counts, (count, i) => {
      if (count >= 0 && count < Infinity) return count === 0 ? 0 : count ** power;
      throw new RangeError(`Counts are 0 or more; that of class ${i} is ${count}.`);
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (!(sum > 0 && sum < Infinity)) {
      throw new RangeError(`Of ${weights.length} classes none has a count above 0: none can be drawn.`);
    }
    this.#source = randomSource(checkSeed(seed), 'negatives');
    this.probabilities = weights.map((weight) => weight / sum);
    [this.#threshold, this.#alias] = layAliases(this.probabilities);
  }

  /** One class. */
  draw(): number {
    const slot = randomIndex(this.#source, this.#alias.length);
    return this.#source() < this.#threshold[slot]! ? slot : this.#alias[slot]!;
  }

  /**
   * Fills `into` with classes, which may come again, and are none of `except`, such as the row's own labels.
   * @throws RangeError if all classes that can be drawn are excepted.
   */
  drawInto(into: Int32Array, except: ArrayLike<number> = []): Int32Array {
    const excepted = new Set(Array.from(except));
    if (excepted.size > 0) {
      const possible = this.probabilities.some((p, label) => p > 0 && !excepted.has(label));
      if (!possible) throw new RangeError(`All classes that can be drawn are excepted.`);
    }
    for (let i = 0; i < into.length; i++) {
      let drawn = this.draw();
      while (excepted.has(drawn)) drawn = this.draw();
      into[i] = drawn;
    }
    return into;
  }
}

function layAliases(probabilities: Float64Array): [threshold: Float64Array, alias: Int32Array] {
  const { length } = probabilities;
  const threshold = new Float64Array(length).fill(1);
  const alias = Int32Array.from({ length }, (_, slot) => slot);
  // What each slot still holds, in slots: below 1 it needs the rest from another class, above 1 it has some to give.
  const held = probabilities.map((p) => p * length);
  const [poor, rich]: [number[], number[]] = [[], []];
  for (let slot = 0; slot < length; slot++) (held[slot]! < 1 ? poor : rich).push(slot);
  while (poor.length > 0 && rich.length > 0) {
    const [slot, giver] = [poor.pop()!, rich.at(-1)!];
    threshold[slot] = held[slot]!;
    alias[slot] = giver;
    held[giver]! -= 1 - held[slot]!;
    if (held[giver]! < 1) poor.push(rich.pop()!);
  }
  // Rounding may leave slots without a giver; one of probability 0 must not be drawn all the same.
  const someone = probabilities.findIndex((p) => p > 0);
  for (const slot of poor) if (probabilities[slot] === 0) [threshold[slot], alias[slot]] = [0, someone];
  return [threshold, alias];
}
