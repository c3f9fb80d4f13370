/** `hashgrad activations`: what share of the highest activations hashing finds. */
import { type Command } from 'commander';
import { type ActivationRow, activationStudy } from './activations.ts';
import { drawTable } from './benchmarks/result.ts';
import { parseCount } from './options.ts';

/** Adds the command. */
export function addActivations(program: Command): void {
  program
    .command('activations')
    .summary('which of the highest activations hashing finds, before and after training')
    .description(
      'Trains 784-1000-1000-10 densely on digits, and prints what share of the highest 1, 5, 10 and 25 % of activations of ' +
        'both hidden layers, and of their sum, each way of hashing finds.',
    )
    .option('--epochs <n>', 'epochs of training', parseCount, 5)
    .option('--samples <n>', 'test images', parseCount, 200)
    .action(async (options: { epochs: number; samples: number }) => {
      console.log(activationsTable(await activationStudy(options)));
      console.log('Recall, share of the activations’ sum, and units computed, %: of the highest X %.');
    });
}

/** A row for each layer, way and search, a column for each X. */
export function activationsTable(rows: readonly ActivationRow[]): string {
  const groups = Map.groupBy(rows, ({ trained, layer, way, search }) => {
    const [[name, value] = []] = Object.entries(search);
    return `${trained ? 'trained' : 'at start'}, layer ${layer}: ${way}, ${name} ${value}`;
  });
  const head = [...new Set(rows.map(({ percent }) => `X = ${percent}`))];
  return drawTable(
    ['', ...head],
    [...groups].map(([name, list]) => [name, ...list.map(cell)]),
  );
}

function cell({ recall, mass, examined }: ActivationRow): string {
  return [recall, mass, examined].map((share) => (100 * share).toFixed(0)).join(' / ');
}
