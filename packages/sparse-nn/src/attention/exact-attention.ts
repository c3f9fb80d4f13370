/** Attention over all keys, exactly. */
import { acceptAttention, ATTENTION_OPTIONS, type Attention, type AttentionOptions } from './attention.ts';
import { attend } from './attend.ts';

/**
 * softmax(q . k / sqrt(d)) over all keys that a query sees, times their values (Vaswani et al., NIPS 2017, section 3.2.1).
 * @param queries tokens x heads x dimensions.
 * @param keys the same; tokens may be others, and more of them.
 * @param values key tokens x heads x any number of coordinates.
 * @throws {TypeError | RangeError} if arrays or options do not fit, or a number is not finite.
 */
export function exactAttention(
  queries: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  options: AttentionOptions,
): Attention {
  const inputs = acceptAttention('exactAttention', { queries, keys, values }, options, ATTENTION_OPTIONS);
  return attend({ ...inputs, sink: inputs.keyCount });
}
