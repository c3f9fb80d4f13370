/** Films, which users ask: the factors of ratings, as Shrivastava and Li (NIPS 2014) search them. */
import { loadMovieLens } from '@hashgrad/datasets';
import { filled } from '../engine/filled.ts';
import type { Config } from '../engine/record.ts';
import { dataFolder } from './data-folder.ts';
import { checkCounts, checkPaths } from './fields.ts';
import { pureSvd } from './pure-svd.ts';
import type { Corpus, TaskDefinition } from './task.ts';

/** Which ratings; plain JSON. */
export type FilmsTask = {
  readonly kind: 'films';
  /** A folder of a MovieLens set; null for `ml-latest-small` in the folder that HASHGRAD_DATA names. */
  readonly folder: string | null;
  /** Factors of a film, at most as many as there are users or films. */
  readonly factors: number;
  /** Users that ask, the first ones; all, if there are fewer. */
  readonly queries: number;
};

/** A task of films: 300 users ask for films of 150 factors, as in the paper, unless options say otherwise. */
export function films(options: Partial<Omit<FilmsTask, 'kind'>> = {}): FilmsTask {
  return { kind: 'films', ...filled('films', { folder: null, factors: 150, queries: 300 }, options) };
}

export const filmsTask: TaskDefinition = {
  kind: 'films',
  check(task) {
    checkPaths(task, ['folder']);
    checkCounts(task, ['factors', 'queries']);
  },
  async load(task: Config): Promise<Corpus> {
    const { folder, factors, queries } = task as unknown as FilmsTask;
    const ratings = await loadMovieLens(
      folder ?? dataFolder('ml-latest-small', 'films need the folder of a MovieLens set: set task.folder'),
    );
    const most = Math.min(factors, ratings.users, ratings.items);
    const { users, items, dimensions } = pureSvd(ratings, most);
    return { name: 'films', dimensions, vectors: items, queries: users.slice(0, queries * dimensions) };
  },
};
