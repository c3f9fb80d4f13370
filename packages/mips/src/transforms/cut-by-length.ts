import type { BlockRule } from './transform.ts';

/** Cuts places into blocks, longest first, as a rule says. */
export function cutByLength(places: readonly number[], lengths: Float32Array, rule: BlockRule): number[][] {
  const { ratio = 0, most = Infinity, count } = rule;
  const order = places.toSorted((a, b) => (lengths[b] as number) - (lengths[a] as number));
  const size = count === undefined ? most : Math.ceil(order.length / count);
  const parts: number[][] = [];
  let part: number[] = [];
  for (const place of order) {
    const longest = lengths[part[0] ?? place] as number;
    if (part.length >= size || (lengths[place] as number) < ratio * longest) {
      parts.push(part);
      part = [];
    }
    part.push(place);
  }
  parts.push(part);
  return parts;
}
