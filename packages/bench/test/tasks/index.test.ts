import { expect, test } from 'vitest';
import { loadCorpus, loadRows, registerTask } from '../../src/tasks/index.ts';

const loaded: number[] = [];
let broken = false;
registerTask({
  kind: 'counted',
  load({ number }) {
    loaded.push(number as number);
    if (broken) throw new Error('the disk is full');
    return { name: 'counted', dimensions: 1, vectors: Float32Array.of(1), queries: Float32Array.of(2) };
  },
});

const load = (number: number) => loadCorpus({ kind: 'counted', number });

test('the four tasks that were used last are loaded once, and what failed is tried again', async () => {
  for (const number of [1, 2, 3, 4, 1]) await load(number);
  expect(loaded).toEqual([1, 2, 3, 4]);
  await load(5); // 2 is the one that was not used for longest
  for (const number of [3, 4, 1, 5]) await load(number);
  expect(loaded).toEqual([1, 2, 3, 4, 5]);
  await load(2);
  expect(loaded).toEqual([1, 2, 3, 4, 5, 2]);
  broken = true;
  await expect(load(6)).rejects.toThrow('the disk is full');
  broken = false;
  expect((await load(6)).name).toBe('counted');
});

test('a task of the other kind of data is refused', async () => {
  await expect(loadRows({ kind: 'counted', number: 7 })).rejects.toThrow(
    'the task counted has vectors to search, but no rows to train on.',
  );
  await expect(loadCorpus({ kind: 'pictures' })).rejects.toThrow(
    'there is no task of the kind "pictures"; there are images, extreme, language model, made-up vectors, layer, films, words, needles, memorise',
  );
});
