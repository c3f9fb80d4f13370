/** `hashgrad profile`: where the time of a training step goes. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { describeMachine, thisMachine } from '../engine/machine.ts';
import { parseCount } from './options.ts';
import { profileTable } from '../profile/profile.ts';
import { PROFILE_TASKS } from '../profile/tasks.ts';

/** Adds the command. */
export function addProfile(program: Command): void {
  program
    .command('profile')
    .summary('show where the time of a training step goes')
    .description(
      'Trains for some steps with lsh, and prints the phases of a step: their time, their multiply-adds, and how fast they went.',
    )
    .addOption(
      new Option('--task <name>', 'what to train').choices(Object.keys(PROFILE_TASKS)).default('wide'),
    )
    .option('--threads <n>', 'threads that compute', parseCount, Math.min(2, availableParallelism()))
    .option(
      '--steps <n>',
      'training steps, some to warm up; at least from one rehash to the next',
      parseCount,
      60,
    )
    .action(async (options: { task: keyof typeof PROFILE_TASKS; threads: number; steps: number }) => {
      const { task, threads, steps } = options;
      console.log(describeMachine(thisMachine()));
      console.log(profileTable(await PROFILE_TASKS[task](threads, steps)));
    });
}
