/** The four builds of the program, and an arena for each. */
import { Arena } from '../src/index.ts';

export interface Build {
  readonly name: string;
  readonly shared: boolean;
  readonly relaxed: boolean;
}

export const BUILDS: readonly Build[] = [
  { name: 'shared', shared: true, relaxed: false },
  { name: 'shared, relaxed', shared: true, relaxed: true },
  { name: 'unshared', shared: false, relaxed: false },
  { name: 'unshared, relaxed', shared: false, relaxed: true },
];

/** An arena that runs the build, 32 MiB where it cannot grow. */
export function arenaOf({ shared, relaxed }: Build): Arena {
  return new Arena({ shared, relaxed, capacity: 32 * 2 ** 20 });
}
