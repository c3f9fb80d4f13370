/** Normal numbers of random streams, for many weights at once. */
import type { Team } from '../threads/team.ts';
import type { RandomStream } from '../random/random.ts';
import { checkRoom } from './room.ts';

/** Pairs of numbers that are drawn at a time: their points stay in a second-level cache. */
const MOST_PAIRS = 2 ** 14;
/** Words of a generator's state. */
const STATE_WORDS = 4;

/**
 * Rows of `width` numbers, `stride` floats apart, of which `count` from place `first` on, row by row, become `deviation` times the
 * next normal numbers of a stream, which goes on after them. They are those that `stream.normal()` gives in V8, rounded to 32 bits,
 * and the same in every engine.
 * @throws {RangeError} if the array has too few elements, a number is out of range, or the arena has no room for the work; nothing is
 * then drawn.
 */
export function drawNormals(
  team: Team,
  drawn: {
    readonly out: Float32Array;
    /** `width` or more. */
    readonly stride: number;
    /** 1 or more. */
    readonly width: number;
    readonly deviation: number;
    readonly first: number;
    readonly stream: RandomStream;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, stride, width, deviation, stream } = drawn;
  let { first } = drawn;
  for (const [name, value, least] of [
    ['count', count, 0],
    ['first', first, 0],
    ['width', width, 1],
    ['stride', stride, width],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new RangeError(`drawNormals: ${name} is an integer of ${least} or more; got ${value}.`);
  }
  if (count === 0) return;
  const outAt = arena.address(out);
  const end = first + count;
  const at = (place: number): number => Math.floor(place / width) * stride + (place % width);
  checkRoom('drawNormals', 'out', out, at(end - 1) + 1);
  // The generator's state, and points.
  const most = Math.min(MOST_PAIRS, Math.ceil(count / 2));
  const work = arena.float64(2 + 2 * most);
  try {
    const state = arena.address(work);
    const generator = new Int32Array(work.buffer, work.byteOffset, STATE_WORDS);
    // The second number of a pair is part of the stream's position.
    if (stream.state().length > STATE_WORDS) out[at(first++)] = deviation * stream.normal();
    generator.set(swapped(stream.state()));
    const to = [outAt, stride, width, deviation, state + 16] as const;
    for (let pairs; (pairs = Math.min(most, Math.floor((end - first) / 2))) > 0; first += 2 * pairs) {
      arena.kernels.drawPoints(state + 16, state, pairs);
      team.run('drawNormals', [...to, first], pairs, { size: 16 });
    }
    stream.moveTo(swapped(generator));
    if (first < end) out[at(first)] = deviation * stream.normal();
  } finally {
    arena.free(work);
  }
}

/** A state from the generator's order of words, the upper one of each pair first, to that of memory, or back. */
function swapped(words: ArrayLike<number>): number[] {
  return [words[1]!, words[0]!, words[3]!, words[2]!];
}
