/** Threads and memory of an index's own, where it was given no team. */
import { Arena, Team, type TeamOptions } from '@hashgrad/kernels';
import { described } from './check-flat.ts';

/** A memory for an index that was given no team. @throws {RangeError} if the system refuses it, saying what to do. */
function ownArena(): Arena {
  try {
    return new Arena();
  } catch (error) {
    throw new RangeError(
      `There is no memory for an index of its own (${(error as Error).message}): give several indexes one \`team\`.`,
      { cause: error },
    );
  }
}

/**
 * The team that an index was given, or this thread and a memory of its own.
 * @throws {TypeError} if it is no team. @throws {Error} if it is closed. @throws {RangeError} if there is no memory.
 */
export function teamFor(given: Team | undefined): Team {
  if (given === undefined) return Team.single(ownArena());
  if (given instanceof Team) {
    if (given.closed) throw new Error('The team is closed: an index needs one that is not.');
    return given;
  }
  throw new TypeError(`team is a Team of @hashgrad/kernels; got ${described(given)}.`);
}

/**
 * What `make` makes of a team with threads of its own; if it throws, the threads are ended and the memory is given back.
 * @throws {RangeError} if `threads` is not an integer from 1 to 64. @throws {Error} if a thread does not start.
 */
export async function withOwnThreads<T>(options: TeamOptions, make: (team: Team) => T): Promise<T> {
  const arena = ownArena();
  let team: Team | undefined;
  try {
    team = await Team.create(arena, options);
    return make(team);
  } catch (error) {
    team?.close();
    arena.close();
    throw error;
  }
}

/** Ends the threads, and gives the memory back. */
export function closeOwn(team: Team): void {
  team.close();
  team.arena.close();
}
