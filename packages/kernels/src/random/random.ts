/** Everything random comes from one seed through named streams, so that one more user of chance changes no other. */
import { randomNormal } from 'd3-random';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers whose position can be saved. */
export interface RandomStream {
  /** In [0, 1). */
  uniform(): number;
  /** An integer from 0 to `below` - 1. @throws {RangeError} if `below` is not an integer of 1 or more. */
  integer(below: number): number;
  /** Standard normal. */
  normal(): number;
  /** The position, JSON-safe: give it to `resumeStream`. */
  state(): readonly number[];
  /** Goes on from where `state` was taken. */
  moveTo(state: readonly number[]): void;
}

/** The stream called `name` of `seed` (any safe integer): the same numbers at every call. */
export function randomStream(seed: number, name: string): RandomStream {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is an integer; got ${seed}.`);
  // FNV-1a over the name and all bits of the seed, so that neighbouring seeds and names start far apart.
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${name}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  const generator = xoroshiro128plus(hash);
  // The state starts with many zeros or ones; let it mix.
  for (let i = 0; i < 20; i++) generator.next();
  return wrap(generator);
}

/** Goes on where `state` was taken. */
export function resumeStream(state: readonly number[]): RandomStream {
  const stream = wrap(xoroshiro128plus(0));
  stream.moveTo(state);
  return stream;
}

function wrap(generator: ReturnType<typeof xoroshiro128plus>): RandomStream {
  /** The second normal of a pair of which the first was given out. */
  let held: number | undefined;
  const uniform = (): number => uniformFloat64(generator);
  // The polar method makes normals in pairs. Both are drawn at once, so that the second can be part of the state.
  const drawNormal = randomNormal.source(uniform)();
  return {
    uniform,
    integer(below) {
      if (!(Number.isSafeInteger(below) && below >= 1))
        throw new RangeError(
          `An integer below ${below} was asked for: the bound must be an integer of 1 or more.`,
        );
      return uniformInt(generator, 0, below - 1);
    },
    normal() {
      if (held !== undefined) {
        const second = held;
        held = undefined;
        return second;
      }
      const first = drawNormal();
      held = drawNormal();
      return first;
    },
    state: () => (held === undefined ? generator.getState() : [...generator.getState(), held]),
    moveTo(state) {
      generator = xoroshiro128plusFromState(state.slice(0, 4));
      held = state[4];
    },
  };
}
