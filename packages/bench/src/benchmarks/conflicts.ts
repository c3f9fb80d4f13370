/** How often threads that train without locks meet at a row of weights: a simulation on the active sets of a real run. */
import type { ActiveUnits } from '@hashgrad/sparse-nn';

/**
 * The share of row updates, in [0, 1], that meet another thread's update of the same row, if `threads` threads train at
 * once, each on a sample of its own and all for as long: samples are taken `threads` at a time in their order, and an update
 * is counted if another sample of its group has the row too. It is an upper bound: rows are the same for the whole of a
 * sample's time, while an update takes a small part of it.
 *
 * @param batches active sets of some batches; a group never spans two.
 * @throws RangeError unless `threads` is an integer of 1 or more.
 */
export function conflictShare(batches: readonly ActiveUnits[], threads: number): number {
  if (!(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`Threads are 1 or more; got ${threads}.`);
  }
  let updates = 0;
  let conflicts = 0;
  for (const { offsets, ids } of batches) {
    const samples = offsets.length - 1;
    for (let first = 0; first < samples; first += threads) {
      const group = ids.subarray(offsets[first], offsets[Math.min(first + threads, samples)]);
      const users = new Map<number, number>();
      for (const id of group) users.set(id, (users.get(id) ?? 0) + 1);
      updates += group.length;
      for (const count of users.values()) if (count > 1) conflicts += count;
    }
  }
  return updates === 0 ? 0 : conflicts / updates;
}
