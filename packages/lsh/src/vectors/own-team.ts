/** Threads and memory of an index's own, where it was given no team. */
import { Arena, Team, type TeamOptions } from '@hashgrad/kernels';
import { described } from './check-flat.ts';

/** The team that an index was given, or this thread and a memory of its own. @throws {TypeError} if it is no team. */
export function teamFor(given: Team | undefined): Team {
  if (given === undefined) return Team.single(new Arena());
  if (given instanceof Team) return given;
  throw new TypeError(`team is a Team of @hashgrad/kernels; got ${described(given)}.`);
}

/**
 * What `make` makes of a team with threads of its own; if it throws, the threads are ended.
 * @throws {RangeError} if `threads` is not an integer from 1 to 64. @throws {Error} if a thread does not start.
 */
export async function withOwnThreads<T>(options: TeamOptions, make: (team: Team) => T): Promise<T> {
  const team = await Team.create(new Arena(), options);
  try {
    return make(team);
  } catch (error) {
    closeOwn(team);
    throw error;
  }
}

/** Ends the threads, and gives the memory back. */
export function closeOwn(team: Team): void {
  team.close();
  team.arena.close();
}
