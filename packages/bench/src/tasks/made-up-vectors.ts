/** Generated vectors to search, and queries of the same kind. */
import { generateVectors, type VectorLaw, vectorLaws } from '@hashgrad/datasets';
import type { Config } from '../engine/record.ts';
import { checkCounts } from './fields.ts';
import type { TaskDefinition } from './task.ts';

/** How many vectors, and from which seed. */
export type CorpusSize = {
  readonly vectors: number;
  readonly queries: number;
  readonly dimensions: number;
  readonly seed: number;
};

/** Which vectors; plain JSON. */
export type MadeUpVectors = CorpusSize & { readonly kind: 'made-up vectors'; readonly name: VectorLaw };

/** A task of made-up vectors: 20,000 of 64 dimensions and 300 queries, of the seed 1, unless `size` says otherwise. */
export function madeUpVectors(name: VectorLaw, size: Partial<CorpusSize> = {}): MadeUpVectors {
  return { kind: 'made-up vectors', name, vectors: 20_000, queries: 300, dimensions: 64, seed: 1, ...size };
}

export const madeUpVectorsTask: TaskDefinition = {
  kind: 'made-up vectors',
  check(task) {
    const { name } = task;
    if (!vectorLaws.includes(name as VectorLaw)) {
      throw new Error(`task.name is one of ${vectorLaws.join(', ')}; got ${JSON.stringify(name)}.`);
    }
    checkCounts(task, ['vectors', 'queries', 'dimensions']);
    checkCounts(task, ['seed'], 0);
  },
  load: (task: Config) => {
    const { name, vectors, queries, dimensions, seed } = task as unknown as MadeUpVectors;
    return generateVectors(name, { vectors, queries, dimensions, seed });
  },
};
