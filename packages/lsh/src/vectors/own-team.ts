/** Threads and memory of an index's own, where it was given no team. */
import { Arena, Team, type TeamOptions } from '@hashgrad/kernels';

/** This thread, and a memory for one index. */
export function ownTeam(): Team {
  return Team.single(new Arena());
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
