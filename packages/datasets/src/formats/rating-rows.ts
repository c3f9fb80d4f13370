/** Ratings in the order of a file brought into rows, one a user. */

/** Places within a row that a double holds beside an item. */
const PLACES = 2 ** 22;

/** Users' ratings as compressed sparse rows. */
export interface Rows {
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
}

/** Who rated: run i is of `users[i]`, and its ratings are those from `starts[i]` to `starts[i + 1]`, or the last. */
export interface Runs {
  readonly users: Int32Array;
  readonly starts: Int32Array;
}

/** Brings entries into rows; within a row they stay in the order of the file. Where the file has them so, none is moved. */
export function byUser(
  { users: of, starts }: Runs,
  items: Int32Array,
  ratings: Float32Array,
  users: number,
): Rows {
  const count = items.length;
  const offsets = new Int32Array(users + 1);
  for (let run = 0; run < of.length; run++) {
    offsets[of[run]! + 1]! += (starts[run + 1] ?? count) - starts[run]!;
  }
  for (let user = 0; user < users; user++) offsets[user + 1]! += offsets[user]!;
  if (of.every((user, run) => user === run)) return { offsets, ids: items, values: ratings };
  const next = offsets.slice(0, users);
  const ids = new Int32Array(count);
  const values = new Float32Array(count);
  for (let run = 0; run < of.length; run++) {
    const end = starts[run + 1] ?? count;
    let place = next[of[run]!]!;
    for (let i = starts[run]!; i < end; i++, place++) {
      ids[place] = items[i]!;
      values[place] = ratings[i]!;
    }
    next[of[run]!] = place;
  }
  return { offsets, ids, values };
}

/** The place among all ratings of a rating by its place among the user's. */
export function placeInFile({ users, starts }: Runs, user: number, place: number, count: number): number {
  let before = 0;
  for (let run = 0; run < users.length; run++) {
    if (users[run] !== user) continue;
    const length = (starts[run + 1] ?? count) - starts[run]!;
    if (place < before + length) return starts[run]! + place - before;
    before += length;
  }
  return count;
}

/**
 * Sorts each row by item, in place, and keeps the first or the last of those that are there twice.
 *
 * @param twice Told of an item that is there again, with the places of both in the row as it was.
 */
export function sortRows(
  rows: Rows,
  keepLast: boolean,
  twice: (user: number, item: number, places: readonly [number, number]) => void,
): Rows {
  const { offsets, ids, values } = rows;
  let [kept, from] = [0, 0];
  let keys = new Float64Array(256);
  for (let user = 0; user + 1 < offsets.length; user++) {
    const to = offsets[user + 1]!;
    const count = to - from;
    if (isAscending(ids, from, to)) {
      if (kept < from) {
        ids.copyWithin(kept, from, to);
        values.copyWithin(kept, from, to);
      }
      kept += count;
      offsets[user + 1] = kept;
      from = to;
      continue;
    }
    if (count > PLACES) throw new RangeError(`A user may have ${PLACES} ratings, but one has ${count}.`);
    if (keys.length < count) keys = new Float64Array(2 * count);
    // Item and place in one number, so that the platform's quick sort of numbers keeps the order of the file.
    for (let j = 0; j < count; j++) keys[j] = ids[from + j]! * PLACES + j;
    const order = keys.subarray(0, count).toSorted();
    const row = values.slice(from, to);
    const first = kept;
    let before = 0;
    for (const key of order) {
      const item = Math.floor(key / PLACES);
      const place = key % PLACES;
      const value = row[place]!;
      if (kept > first && ids[kept - 1] === item) {
        twice(user, item, [before, place]);
        if (keepLast) values[kept - 1] = value;
        continue;
      }
      before = place;
      ids[kept] = item;
      values[kept++] = value;
    }
    offsets[user + 1] = kept;
    from = to;
  }
  if (kept === ids.length) return rows;
  return { offsets, ids: ids.slice(0, kept), values: values.slice(0, kept) };
}

/** Whether each number is above the one before it. */
function isAscending(numbers: Int32Array, from: number, to: number): boolean {
  for (let j = from + 1; j < to; j++) if (numbers[j]! <= numbers[j - 1]!) return false;
  return true;
}
