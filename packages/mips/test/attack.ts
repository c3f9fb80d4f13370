/** Loads hostile files of every kind of index: each is refused by name, or makes an index that works. */
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { ExactIndex, MipsIndex } from '../src/index.ts';
import { mutantOf } from './hostile.ts';
import type { Kind } from './kinds.ts';
import { flat, manyLengths, normals } from './vectors.ts';

const DIMENSIONS = 4;

/** How many of the mutants were refused. @throws {Error} if one is neither refused in words nor a whole index. */
export function attack(kind: Kind, mutants: number, seed: number): number {
  const team = Team.single(new Arena({ shared: false, capacity: 2 ** 22 }));
  const random = randomStream(seed, 'hostile');
  const index = kind.make(DIMENSIONS, team);
  index.add(flat(manyLengths(30, DIMENSIONS, 1)));
  index.remove([3, 9]);
  const bytes = new Uint8Array(Buffer.concat(index.toBytes()));
  // So short that its product with the longest vector is a float.
  const query = flat(normals(1, DIMENSIONS, 2)).map((x) => x / 100);
  let refused = 0;
  for (let i = 0; i < mutants; i++) {
    const mutant = mutantOf(bytes, random);
    try {
      using loaded =
        index instanceof MipsIndex ? MipsIndex.load(mutant, { team }) : ExactIndex.load(mutant, { team });
      if (loaded.ids().length !== loaded.size) throw new TypeError('size and ids differ');
      if (loaded.dimensions === DIMENSIONS) {
        const { ids, scores } = loaded.search(query, 20);
        for (const id of ids) if (!loaded.has(id)) throw new TypeError(`found ${id}, which is not there`);
        if (!scores.every(Number.isFinite)) throw new TypeError('a score is not finite');
      }
    } catch (error) {
      const { message, cause } = error as Error;
      const plain =
        error instanceof Error &&
        message.startsWith('the index: ') &&
        !/Cannot |not a function|not iterable/.test(message);
      if (!plain || cause instanceof TypeError || cause instanceof WebAssembly.RuntimeError) {
        throw new Error(`Mutant ${i} of ${kind.name}: ${message}`, { cause: error });
      }
      refused++;
    }
  }
  index.close();
  team[Symbol.dispose]();
  const { usedBytes } = team.arena;
  if (usedBytes > 0) throw new Error(`${usedBytes} bytes were kept of files that were refused.`);
  return refused;
}
