/** Whether 32-bit addresses can hold what hashing vectors of many dimensions takes. */
import type { HasherContext } from '../family.ts';

/** Bytes that the program's constants take, and what arrays lose by starting at multiples of 64. */
const RESERVED = 2 ** 16;

/**
 * Refuses dimensions for which there is never room: a hasher that can be bound can hash a vector in an arena of its own.
 * @param bytesOf Bytes that the hasher and the threads' scratch take for so many coordinates, the tail's included; more for
 * more of them.
 * @throws {RangeError} that names the greatest number of dimensions, if an arena that holds nothing else has no room for
 * the hasher and one dense vector.
 */
export function checkRoom(
  kind: string,
  { dimensions, tailWidth, team }: HasherContext,
  bytesOf: (coordinates: number) => number,
): void {
  const { arena } = team;
  const most = arena.shared ? 2 ** 32 : arena.bytes;
  const fits = (count: number): boolean => bytesOf(count + tailWidth) + 4 * count + RESERVED <= most;
  if (fits(dimensions)) return;
  let [below, above] = [0, dimensions];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (fits(middle)) below = middle;
    else above = middle;
  }
  throw new RangeError(
    `${kind}: with this spec, ${most} bytes of memory are enough for vectors of up to ${below} dimensions; got ${dimensions}.`,
  );
}
