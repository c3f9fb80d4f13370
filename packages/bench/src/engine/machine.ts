/** The machine that something was measured on. A figure without it says little. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { plural } from '../format.ts';

/** What a reader needs to know to compare a figure with one of another machine. */
export interface Machine {
  /** The CPU's model name, e.g. `Intel(R) Xeon(R) Platinum 8488C`. */
  readonly cpu: string;
  /** Number of cores that this process may use. */
  readonly cores: number;
  /** Main memory in GiB, rounded. */
  readonly memoryGiB: number;
  /** e.g. `linux x64`. */
  readonly platform: string;
  /** e.g. `v26.10.0`. */
  readonly node: string;
}

/** Looks at the machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown CPU',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** One line for people, e.g. `Intel(R) Xeon(R), 2 cores, 16 GiB, linux x64, Node v26.10.0`. */
export function describeMachine(machine: Machine): string {
  return `${machine.cpu}, ${plural(machine.cores, 'core')}, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}`;
}
