/**
 * Attention over the keys that each query reads: a softmax of q . k / sqrt(d), in which a key that was chosen at random counts
 * as often as one in so many like it is read. One head after the other, a block of queries at a time.
 */
import { Arena, dotRows, gatherRows, Team } from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';
import { strideOf } from '../layers/activations.ts';
import { Counts } from '../layers/counts.ts';
import type { Attention, AttentionInputs } from './attention.ts';
import { isChoosable, seenKeys, type SeenKeys } from './seen-keys.ts';

/** (query, key) pairs of a block, at most, unless one query has more. */
const BLOCK_PAIRS = 2 ** 20;

/** One head's keys in an arena. */
export interface Head {
  readonly index: number;
  readonly inputs: AttentionInputs;
  readonly team: Team;
  readonly counts: Counts;
  /** keyCount x stride, less their mean where they are centred; 0 from the dimensions on. */
  readonly keys: Float32Array;
  readonly stride: number;
  /** Queries of a block, at most. */
  readonly block: number;
  /** What is allocated here is given back when the head is done. */
  readonly scratch: Scratch;
}

/** Some queries of a head, `count` from `first` on. */
export interface QueryBlock {
  readonly count: number;
  /** count x stride of the head, in its arena. */
  readonly x: Float32Array;
  /** What each may see. */
  readonly seen: readonly SeenKeys[];
}

/** Query s of a block has ids[s * stride] to ids[s * stride + lengths[s] - 1], ascending. */
export interface ChosenKeys {
  readonly ids: Int32Array;
  readonly stride: number;
  readonly lengths: Int32Array;
}

/** Chooses keys of one head, beside those that are always read. */
export interface KeyChooser extends Disposable {
  /** The keys for a block of queries. Those that a query may not choose are passed over. */
  choose(block: QueryBlock): ChosenKeys;
  /** The probability with which query s of the block chooses key `id`; `product` is theirs. 0: as if it were not chosen. */
  inclusion(s: number, id: number, product: number): number;
}

/** How keys are chosen. */
export interface Choosing {
  readonly chooserOf: (head: Head) => KeyChooser;
  /** Whether the mean of the keys but the sinks is taken off all of them. It changes no softmax. */
  readonly centred: boolean;
}

/** Without `choosing` the keys that are always read are all. */
export function attend(inputs: AttentionInputs, choosing?: Choosing): Attention {
  if (inputs.team) return attendOn(inputs.team, inputs, choosing);
  using arena = new Arena();
  using team = Team.single(arena);
  return attendOn(team, inputs, choosing);
}

function attendOn(team: Team, inputs: AttentionInputs, choosing: Choosing | undefined): Attention {
  const { heads, queryCount, valueDimensions } = inputs;
  const counts = new Counts();
  const given = {
    outputs: new Float32Array(queryCount * heads * valueDimensions),
    logPartitions: new Float64Array(queryCount * heads),
    keysRead: new Int32Array(queryCount * heads),
  };
  for (let head = 0; head < heads; head++) attendHead(team, counts, inputs, head, choosing, given);
  const { seconds: _, ...work } = counts.get();
  return { ...given, counts: work };
}

function attendHead(
  team: Team,
  counts: Counts,
  inputs: AttentionInputs,
  index: number,
  choosing: Choosing | undefined,
  { outputs, logPartitions, keysRead }: Omit<Attention, 'counts'>,
): void {
  const { heads, queryCount, keyCount, dimensions, valueDimensions, sink } = inputs;
  using scratch = new Scratch(team.arena);
  const stride = strideOf(dimensions);
  const valueStride = strideOf(valueDimensions);
  const block = Math.max(1, Math.min(queryCount, Math.floor(BLOCK_PAIRS / keyCount)));
  const mean = choosing?.centred ? meanOf(inputs, index, Math.min(sink, keyCount - 1)) : undefined;
  const keys = scratch.float32(keyCount * stride);
  const values = scratch.float32(keyCount * valueStride);
  const x = scratch.float32(block * stride);
  const out = scratch.float32(block * valueStride);
  const offsets = scratch.int32(block + 1);
  const ids = scratch.int32(block * keyCount);
  const products = scratch.float32(block * keyCount);
  const logits = new Float64Array(keyCount);
  const scale = 1 / Math.sqrt(dimensions);
  load(keys, stride, inputs.keys, { heads, index, from: 0, count: keyCount, width: dimensions }, mean);
  load(values, valueStride, inputs.values, {
    heads,
    index,
    from: 0,
    count: keyCount,
    width: valueDimensions,
  });
  const head = { index, inputs, team, counts, keys, stride, block, scratch };
  using chooser = choosing?.chooserOf(head);
  for (let first = 0; first < queryCount; first += block) {
    const count = Math.min(block, queryCount - first);
    load(x, stride, inputs.queries, { heads, index, from: first, count, width: dimensions });
    const seen = Array.from({ length: count }, (_, s) => seenKeys(inputs, first + s));
    list(seen, chooser?.choose({ count, x, seen }), offsets, ids);
    dotRows(
      team,
      { out: products, offsets, ids, rows: keys, stride, width: dimensions, x, xStride: stride },
      count,
    );
    for (let s = 0; s < count; s++) {
      const [from, to] = [offsets[s]!, offsets[s + 1]!];
      const at = (first + s) * heads + index;
      for (let i = from; i < to; i++) {
        const id = ids[i]!;
        const u = chooser && isChoosable(seen[s]!, id) ? chooser.inclusion(s, id, products[i]!) : 1;
        logits[i - from] = u > 0 ? products[i]! * scale - Math.log(u) : -Infinity;
      }
      const partition = softmax(logits.subarray(0, to - from), products.subarray(from, to));
      logPartitions[at] = partition + (mean ? scale * product(x, s * stride, mean) : 0);
      keysRead[at] = to - from;
    }
    const sums = { out, outStride: valueStride, offsets, ids, coefficients: products };
    gatherRows(team, { ...sums, rows: values, stride: valueStride, width: valueDimensions }, count);
    for (let s = 0; s < count; s++) {
      const row = out.subarray(s * valueStride, s * valueStride + valueDimensions);
      outputs.set(row, ((first + s) * heads + index) * valueDimensions);
    }
    counts.add('forward', { multiplyAdds: offsets[count]! * (dimensions + valueDimensions) });
  }
}

/** Lists for each query the keys that it reads, ascending: those that it always reads, and of those chosen what it may choose. */
function list(
  seen: readonly SeenKeys[],
  chosen: ChosenKeys | undefined,
  offsets: Int32Array,
  ids: Int32Array,
): void {
  let at = 0;
  for (const [s, keys] of seen.entries()) {
    let next = chosen ? s * chosen.stride : 0;
    const end = chosen ? next + chosen.lengths[s]! : 0;
    const choose = (below: number): void => {
      for (; next < end && chosen!.ids[next]! < below; next++) {
        if (isChoosable(keys, chosen!.ids[next]!)) ids[at++] = chosen!.ids[next]!;
      }
    };
    offsets[s] = at;
    for (let id = 0; id < keys.sink; id++) ids[at++] = id;
    choose(keys.from);
    for (let id = keys.from; id < keys.to; id++) ids[at++] = id;
    choose(keys.seen);
  }
  offsets[seen.length] = at;
}

/** Writes the softmax's weights; the logarithm of its sum. */
function softmax(logits: Float64Array, weights: Float32Array): number {
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  if (largest === -Infinity) {
    weights.fill(0);
    return -Infinity;
  }
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  for (const [i, logit] of logits.entries()) weights[i] = Math.exp(logit - largest) / sum;
  return largest + Math.log(sum);
}

/** Rows of one head among those of all. */
interface HeadRows {
  readonly heads: number;
  readonly index: number;
  readonly from: number;
  readonly count: number;
  readonly width: number;
}

/** Copies rows of a head to an arena, less `mean`. */
function load(
  to: Float32Array,
  stride: number,
  given: Float32Array,
  { heads, index, from, count, width }: HeadRows,
  mean?: Float64Array,
): void {
  for (let r = 0; r < count; r++) {
    const first = ((from + r) * heads + index) * width;
    if (!mean) to.set(given.subarray(first, first + width), r * stride);
    else for (let k = 0; k < width; k++) to[r * stride + k] = given[first + k]! - mean[k]!;
  }
}

/** The mean of a head's keys from `sink` on. */
function meanOf(
  { keys, keyCount, heads, dimensions }: AttentionInputs,
  index: number,
  sink: number,
): Float64Array {
  const mean = new Float64Array(dimensions);
  for (let r = sink; r < keyCount; r++) {
    const first = (r * heads + index) * dimensions;
    for (let k = 0; k < dimensions; k++) mean[k]! += keys[first + k]! / (keyCount - sink);
  }
  return mean;
}

function product(x: Float32Array, at: number, mean: Float64Array): number {
  return mean.reduce((sum, each, k) => sum + x[at + k]! * each, 0);
}
