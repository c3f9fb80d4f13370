import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateVectors } from '@hashgrad/datasets';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { films } from '../../src/tasks/films.ts';
import { checkTask, loadCorpus } from '../../src/tasks/index.ts';
import { layer } from '../../src/tasks/layer.ts';
import { madeUpVectors } from '../../src/tasks/made-up-vectors.ts';
import { words } from '../../src/tasks/words.ts';

const SIZE = { vectors: 2000, queries: 20, dimensions: 64, seed: 1 };

describe('made-up vectors', () => {
  it('are a task of their size', async () => {
    const { vectors, queries } = await loadCorpus(madeUpVectors('flat', SIZE));
    expect(vectors).toEqual(generateVectors('flat', SIZE).vectors);
    expect(queries).toHaveLength(20 * 64);
    expect(() => checkTask({ ...madeUpVectors('flat'), name: 'round' })).toThrow(
      'task.name is one of gaussian, lognormal, flat, clustered, low-rank; got "round".',
    );
  });
});

describe('a trained layer', () => {
  it('is its weights, asked by its inputs', async () => {
    const first = await loadCorpus(layer({ hidden: [40, 30], queries: 5 }));
    expect([first.dimensions, first.vectors.length, first.queries.length]).toEqual([784, 40 * 784, 5 * 784]);
    const second = await loadCorpus(layer({ hidden: [40, 30], layer: 2, queries: 5 }));
    expect([second.dimensions, second.vectors.length]).toEqual([40, 30 * 40]);
    // By hand: the outputs of the first layer.
    for (let at = 0; at < second.queries.length; at++) {
      const [sample, unit] = [Math.floor(at / 40), at % 40];
      let sum = first.bias?.[unit] as number;
      for (let d = 0; d < 784; d++) {
        sum += (first.vectors[unit * 784 + d] as number) * (first.queries[sample * 784 + d] as number);
      }
      expect(second.queries[at]).toBeCloseTo(Math.max(0, sum), 4);
    }
  }, 60_000);

  it('is another after training than at the start', async () => {
    const [start, trained] = await Promise.all(
      [0, 1].map((epochs) => loadCorpus(layer({ hidden: [20], epochs, queries: 1 }))),
    );
    expect(start?.vectors).not.toEqual(trained?.vectors);
    expect(start?.queries).toEqual(trained?.queries);
  }, 60_000);
});

describe('films and words', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('say what names their files, where none is named', async () => {
    vi.stubEnv('HASHGRAD_DATA', '');
    await expect(loadCorpus(films())).rejects.toThrow(
      'films need the folder of a MovieLens set: set task.folder, or let the variable HASHGRAD_DATA name a folder that has a ' +
        'subfolder ml-latest-small.',
    );
    await expect(loadCorpus(words())).rejects.toThrow('words need a file of word vectors: set task.file, or');
  });

  it('are read from their files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hashgrad-vectors-'));
    try {
      const ratings = [
        'userId,movieId,rating,timestamp',
        '1,1,5,0',
        '1,2,3,0',
        '2,2,4,0',
        '2,3,1,0',
        '3,1,2,0',
      ];
      writeFileSync(join(folder, 'ratings.csv'), `${ratings.join('\n')}\n`);
      const { dimensions, vectors, queries } = await loadCorpus(films({ folder, queries: 2 }));
      // No more factors than users, and the users' own ratings come back.
      expect([dimensions, vectors.length, queries.length]).toEqual([3, 9, 6]);
      const rating = (user: number, item: number): number =>
        [0, 1, 2].reduce(
          (sum, f) => sum + (queries[user * 3 + f] as number) * (vectors[item * 3 + f] as number),
          0,
        );
      expect(rating(0, 0)).toBeCloseTo(5, 4);
      expect(rating(1, 2)).toBeCloseTo(1, 4);
      const file = join(folder, 'vectors.txt');
      writeFileSync(file, 'a 1 2\nb 3 4\nc 5 6\n');
      const read = await loadCorpus(words({ file, words: 2, queries: 5 }));
      expect(read.vectors).toEqual(Float32Array.of(1, 2, 3, 4));
      expect([...read.queries].toSorted()).toEqual([1, 2, 3, 4]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
