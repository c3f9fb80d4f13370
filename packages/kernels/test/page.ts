/** What the browser test runs inside of a page, on the package as it is served there. */
import { Arena, Team, randomStream } from '@hashgrad/kernels';
import type { Build } from './builds.ts';
import { KERNELS, digest, outputsOf } from './jobs.ts';

export interface PageReport {
  readonly isolated: boolean;
  readonly shared: boolean;
  readonly threads: number;
  readonly reason: string | undefined;
  /** A digest of what each kernel writes, on a team of this thread alone. */
  readonly single: Record<string, number>;
  /** The same on the team. */
  readonly team: Record<string, number>;
  readonly uniform: number;
}

/** A digest of what each kernel writes on the team. */
export function digests(arena: Arena, team: Team): Record<string, number> {
  return Object.fromEntries(
    KERNELS.map((kernel) => {
      const bytes = outputsOf(arena, kernel, ({ args, items, scratch = 0 }) =>
        team.run(kernel, args, items, { scratch, grain: 3 }),
      );
      return [kernel, digest(bytes)];
    }),
  );
}

export interface PageOptions extends Partial<Omit<Build, 'name'>> {
  /** Where the program of a worker is served; else it starts from a blob. */
  readonly workerUrl?: string;
}

/** Runs every kernel, asking for two threads. */
export async function report({ workerUrl, ...options }: PageOptions): Promise<PageReport> {
  const arena = new Arena(options);
  const createWorker = workerUrl === undefined ? {} : { createWorker: () => new Worker(workerUrl) };
  using team = await Team.create(arena, { threads: 2, ...createWorker });
  using alone = Team.single(arena);
  return {
    isolated: globalThis.crossOriginIsolated,
    shared: arena.shared,
    threads: team.threads,
    reason: team.reason,
    single: digests(arena, alone),
    team: digests(arena, team),
    uniform: randomStream(42, 'weights').uniform(),
  };
}
