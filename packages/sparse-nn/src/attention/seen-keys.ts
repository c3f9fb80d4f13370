/** Which keys a query may see, and which of them it reads whatever they are: sinks and the window around its own place. */
import type { AttentionInputs } from './attention.ts';

/** Keys of one query, by place: 0 to sink - 1 and from to to - 1 are read; the others below `seen` may be chosen. */
export interface SeenKeys {
  readonly sink: number;
  /** From `sink` on. */
  readonly from: number;
  readonly to: number;
  readonly seen: number;
}

export function seenKeys(
  { queryCount, keyCount, causal, sink: sinks, window }: AttentionInputs,
  query: number,
): SeenKeys {
  const place = keyCount - queryCount + query;
  const seen = causal ? place + 1 : keyCount;
  const sink = Math.min(sinks, seen);
  if (window === 0) return { sink, from: sink, to: sink, seen };
  const to = Math.max(sink, Math.min(seen, place + window));
  return { sink, from: Math.max(sink, Math.min(to, place - window + 1)), to, seen };
}

/** How many of the keys that are seen may be chosen. */
export function choosable({ sink, from, to, seen }: SeenKeys): number {
  return from - sink + (seen - to);
}

/** The i-th of them, ascending. */
export function choosableKey({ sink, from, to }: SeenKeys, i: number): number {
  const before = from - sink;
  return i < before ? sink + i : to + (i - before);
}

/** Whether key `id` may be chosen. */
export function isChoosable({ sink, from, to, seen }: SeenKeys, id: number): boolean {
  return id >= sink && id < seen && (id < from || id >= to);
}
