import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { films } from '../../src/tasks/films.ts';
import { checkTask, loadCorpus } from '../../src/tasks/index.ts';
import { layer } from '../../src/tasks/layer.ts';
import { clustered, flat, lognormal, madeUpVectors } from '../../src/tasks/made-up-vectors.ts';
import type { Corpus } from '../../src/tasks/task.ts';
import { words } from '../../src/tasks/words.ts';

const SIZE = { vectors: 2000, queries: 20, dimensions: 64, seed: 1 };

/** The lengths of a corpus's vectors. */
function lengths({ vectors, dimensions }: Corpus): number[] {
  return Array.from({ length: vectors.length / dimensions }, (_, i) =>
    Math.hypot(...vectors.subarray(i * dimensions, (i + 1) * dimensions)),
  );
}

/** Standard deviation of the logarithms. */
function spread(list: readonly number[]): number {
  const logs = list.map(Math.log);
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  return Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
}

describe('made-up vectors', () => {
  it('have the lengths that they are named for, the same for the same seed', () => {
    // Four standard errors of a standard deviation.
    const within = 4 / Math.sqrt(2 * SIZE.vectors);
    expect(Math.abs(spread(lengths(lognormal(SIZE))) / 0.5 - 1)).toBeLessThan(within);
    expect(Math.abs(spread(lengths(flat(SIZE))) / 0.1 - 1)).toBeLessThan(within);
    const pareto = lengths(clustered(SIZE));
    expect(Math.min(...pareto)).toBeGreaterThan(0.999);
    expect(Math.max(...pareto)).toBeLessThan(4.001);
    // Above x with probability x^-4.
    const above = pareto.filter((length) => length > 1.5).length / pareto.length;
    const p = 1.5 ** -4;
    expect(Math.abs(above - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / SIZE.vectors));
    expect(flat(SIZE).vectors).toEqual(flat(SIZE).vectors);
    expect(flat({ ...SIZE, seed: 2 }).vectors[0]).not.toBe(flat(SIZE).vectors[0]);
  });

  it('are a task of their size', async () => {
    const { vectors, queries } = await loadCorpus(madeUpVectors('flat', SIZE));
    expect(vectors).toEqual(flat(SIZE).vectors);
    expect(queries).toHaveLength(20 * 64);
    expect(() => checkTask({ ...madeUpVectors('flat'), name: 'round' })).toThrow(
      'task.name is one of lognormal, clustered, flat; got "round".',
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
