/** `hashgrad worker`: runs blocks of studies that other machines ask for. */
import { type Command, Option } from 'commander';
import { parseCount, parsePositive } from './options.ts';
import { ExitError } from './exit.ts';
import { workOverStdio } from './stdio-worker.ts';

interface Options {
  readonly stdio?: true;
  readonly jobs: number;
  readonly stalledAfter: number;
}

/** Adds the command. */
export function addWorker(program: Command): void {
  program
    .command('worker')
    .summary('run blocks of studies that other machines ask for')
    .description(
      'Takes blocks from the queue that "hashgrad study --queue" fills, until it is stopped. Ctrl-C finishes the trials in hand, ' +
        'and leaves the rest to other workers. Blocks are refused whose study or packages are not the same here.',
    )
    .argument('[redis]', 'address of the Redis, such as redis://host:6379')
    .option('--jobs <n>', 'blocks at once; times are then not comparable', parseCount, 1)
    .option(
      '--stalled-after <seconds>',
      'time without a sign of life after which others take its blocks over',
      parsePositive,
      30,
    )
    .addOption(
      new Option(
        '--stdio',
        'take blocks as lines of JSON from the input instead, and answer on the output',
      ).conflicts(['jobs', 'stalledAfter']),
    )
    .action((redis: string | undefined, options: Options) => work(redis, options));
}

async function work(redis: string | undefined, { stdio, jobs, stalledAfter }: Options): Promise<void> {
  if ((redis === undefined) === (stdio === undefined)) {
    throw new Error(
      'A worker takes blocks either from a Redis, such as redis://localhost:6379, or with --stdio.',
    );
  }
  if (redis === undefined) return await workOverStdio(process.stdin, process.stdout);
  const stop = new AbortController();
  const interrupt = (): void => {
    console.log('Stopping when the trials in hand are finished; press Ctrl-C again to give them up.');
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const { runWorker } = await import('../queue/worker.ts');
  await runWorker(redis, { jobs, stalledAfter, stop: stop.signal, log: console.log });
  throw new ExitError('Stopped. What is left of its blocks is for other workers.', 130);
}
