/** Kernels with their arguments, for ops that can run now or in the background. */
import type { KernelArguments } from '../generated/kernels.ts';
import type { JobOptions, Team } from '../threads/team.ts';

export interface Job<K extends keyof KernelArguments> {
  readonly kernel: K;
  readonly args: KernelArguments[K];
  readonly items: number;
  readonly options: JobOptions & { readonly grain: number };
}

export function runJob<K extends keyof KernelArguments>(
  team: Team,
  { kernel, args, items, options }: Job<K>,
): void {
  team.run(kernel, args, items, options);
}

export function runJobAsync<K extends keyof KernelArguments>(
  team: Team,
  { kernel, args, items, options }: Job<K>,
): Promise<void> {
  return team.runAsync(kernel, args, items, options);
}
