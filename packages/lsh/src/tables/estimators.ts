/**
 * Sums over all items, estimated from those that collide: an item counts by one over the probability that it does, which
 * the family's law gives (Spring and Shrivastava 2017, "A new unbiased and efficient class of LSH-based samplers and
 * estimators for partition function computation in log-linear models").
 */

/**
 * Probability that an item is found in at least `minCollisions` of `tables` tables, if it collides in each with probability `p`
 * independently: 1 - (1 - p)^L for one, and the upper tail of the binomial distribution for more. With several probes, `p`
 * is the probability of lying in one of a table's buckets that are looked up.
 * @throws {RangeError} if a number is out of range.
 */
export function inclusionProbability(p: number, tables: number, minCollisions = 1): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability of collision is from 0 to 1; got ${p}.`);
  if (!(Number.isInteger(tables) && tables >= 0)) {
    throw new RangeError(`A number of tables is an integer of 0 or more; got ${tables}.`);
  }
  if (!(Number.isInteger(minCollisions) && minCollisions >= 1)) {
    throw new RangeError(`minCollisions is a number of tables, 1 or more; got ${minCollisions}.`);
  }
  if (minCollisions > tables || p === 0) return 0;
  if (p === 1) return 1;
  if (minCollisions === 1) return -Math.expm1(tables * Math.log1p(-p));
  // Of the two tails the one without the mean is summed, so that neither cancels.
  if (tables * p > minCollisions - 1) return 1 - binomialSum(p, tables, 0, minCollisions - 1);
  return binomialSum(p, tables, minCollisions, tables);
}

/** Probability of `from` to `to` successes among `n` trials that succeed with probability `p`, from 0 to 1, both excluded. */
function binomialSum(p: number, n: number, from: number, to: number): number {
  let log = n * Math.log1p(-p);
  const odds = Math.log(p) - Math.log1p(-p);
  let sum = 0;
  for (let i = 0; i <= to; i++) {
    const term = Math.exp(log);
    if (i >= from) {
      if (i > n * p && term < sum * 2 ** -53) break;
      sum += term;
    }
    log += Math.log(n - i) - Math.log(i + 1) + odds;
  }
  return Math.min(sum, 1);
}

/**
 * The Horvitz-Thompson estimate of a sum over all items from those that were found: the sum of values[i] / inclusion[i].
 * Its mean over draws of the hash functions is the true sum, if every item with a value other than 0 can be found. One
 * draw of them is one estimate: asking the same tables again gives no second one.
 * @param values of the items found.
 * @param inclusion the probability of each to be found, above 0 to 1: what a query writes to `inclusion`.
 * @throws {RangeError} if the lists differ in length, or an item that was found has inclusion 0 or NaN.
 */
export function estimateSum(values: ArrayLike<number>, inclusion: ArrayLike<number>): number {
  checkInclusion(values, inclusion);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) / (inclusion[i] as number);
  return sum;
}

/**
 * The logarithm of the estimated partition function of a softmax, the sum of exp(logits[i]) over all items, from the logits
 * of those that were found. The estimate of the sum is unbiased; its logarithm is not (Jensen: it is too small on the
 * average). Items of no estimate, such as a softmax over nothing found, give -Infinity.
 * @throws {RangeError} as `estimateSum` does.
 */
export function estimateLogPartition(logits: ArrayLike<number>, inclusion: ArrayLike<number>): number {
  checkInclusion(logits, inclusion);
  let largest = -Infinity;
  const corrected = new Float64Array(logits.length);
  for (let i = 0; i < corrected.length; i++) {
    corrected[i] = (logits[i] as number) - Math.log(inclusion[i] as number);
    largest = Math.max(largest, corrected[i] as number);
  }
  if (largest === -Infinity) return -Infinity;
  return largest + Math.log(corrected.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

function checkInclusion(values: ArrayLike<number>, inclusion: ArrayLike<number>): void {
  if (values.length !== inclusion.length) {
    throw new RangeError(
      `Every value has an inclusion probability; got ${values.length} values and ${inclusion.length} probabilities.`,
    );
  }
  for (let i = 0; i < inclusion.length; i++) {
    const p = inclusion[i] as number;
    if (!(p > 0 && p <= 1)) {
      throw new RangeError(`What was found has an inclusion probability above 0 to 1; number ${i} has ${p}.`);
    }
  }
}
