/** Bytes as the differences from others that are much alike: see applyDelta in src/memory/delta.ts for the format. */

/** Equal bytes that are worth copying: a copy takes some six bytes. */
const LEAST = 8;

/** What makes `target` of `source`. */
export function deltaOf(source: Uint8Array, target: Uint8Array): Uint8Array {
  const places = new Map<string, number[]>();
  for (let at = 0; at + LEAST <= source.length; at++) {
    const list = places.get(windowAt(source, at));
    if (list) list.push(at);
    else places.set(windowAt(source, at), [at]);
  }
  const out: number[] = [];
  let literals = 0;
  // Where the last copy ended in `source`: the next one is most often near.
  let end = 0;
  for (let at = 0; at < target.length;) {
    const { from, length } = longest(source, target, at, places.get(windowAt(target, at)) ?? [], end);
    if (length < LEAST) {
      at++;
      continue;
    }
    writePiece(out, target.subarray(literals, at), from - end, length);
    at += length;
    literals = at;
    end = from + length;
  }
  writePiece(out, target.subarray(literals), 0, 0);
  return Uint8Array.from(out);
}

/** The bytes from `at` that a copy must at least have, as a key. */
function windowAt(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + LEAST).join();
}

/** The longest run of `source` from one of `starts` that `target` has from `at`; of equal ones the nearest to `end`. */
function longest(
  source: Uint8Array,
  target: Uint8Array,
  at: number,
  starts: readonly number[],
  end: number,
): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  for (const from of starts) {
    let length = LEAST;
    while (at + length < target.length && target[at + length] === source[from + length]) length++;
    const nearer = Math.abs(from - end) < Math.abs(best.from - end);
    if (length > best.length || (length === best.length && nearer)) best = { from, length };
  }
  return best;
}

function writePiece(out: number[], literal: Uint8Array, skip: number, length: number): void {
  writeNumber(out, literal.length);
  out.push(...literal);
  writeNumber(out, skip < 0 ? -2 * skip - 1 : 2 * skip);
  writeNumber(out, length);
}

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function writeNumber(out: number[], value: number): void {
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return void out.push(rest);
    out.push((rest % 128) | 128);
  }
}
