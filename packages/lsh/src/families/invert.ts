/** Lists of coordinates, turned round. */

/**
 * What lists the coordinates: entries[starts[k]] to entries[starts[k + 1]] become the labels of coordinate k's occurrences
 * in `members`, in their order; the label of members[i] is labels[i], or i. There is one start more than coordinates.
 */
export function invert(
  members: Uint32Array,
  starts: Uint32Array,
  entries: Uint32Array,
  labels?: Uint32Array,
): void {
  starts.fill(0);
  for (const k of members) starts[k + 1] = (starts[k + 1] as number) + 1;
  for (let k = 1; k < starts.length; k++) starts[k] = (starts[k] as number) + (starts[k - 1] as number);
  const next = starts.slice();
  for (let i = 0; i < members.length; i++) {
    const k = members[i] as number;
    const at = next[k] as number;
    entries[at] = labels ? (labels[i] as number) : i;
    next[k] = at + 1;
  }
}
