import { expect, test } from 'vitest';
import { attentionConfig } from '../../src/measures/attention.ts';
import { choosingConfig } from '../../src/measures/choosing.ts';
import { hashRankingConfig } from '../../src/measures/hash-ranking.ts';
import { searchConfig } from '../../src/measures/search.ts';
import { trainConfig } from '../../src/measures/train.ts';
import { extreme } from '../../src/tasks/extreme.ts';
import { films } from '../../src/tasks/films.ts';
import { images } from '../../src/tasks/images.ts';
import { loadCorpus, loadRows, registerTask } from '../../src/tasks/index.ts';
import { languageModel } from '../../src/tasks/language-model.ts';
import { layer } from '../../src/tasks/layer.ts';
import { memorise } from '../../src/tasks/memorise.ts';
import { needles } from '../../src/tasks/needles.ts';
import { trainedOutputs } from '../../src/tasks/trained-outputs.ts';
import { words } from '../../src/tasks/words.ts';

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

test('options of tasks and of measures that there are not are refused by name', () => {
  const wrong = { seedz: 2 } as object;
  const network = { inputs: 2, hidden: [3], classes: 4 };
  const makers: Record<string, () => unknown> = {
    images: () => images('convex', wrong),
    extreme: () => extreme('planted', wrong),
    films: () => films(wrong),
    languageModel: () => languageModel('made-up', wrong),
    layer: () => layer(wrong),
    memorise: () => memorise(wrong),
    needles: () => needles(wrong),
    trainedOutputs: () => trainedOutputs({}, wrong),
    words: () => words(wrong),
    attentionConfig: () => attentionConfig(needles(), wrong),
    choosingConfig: () => choosingConfig(images('convex'), wrong),
    hashRankingConfig: () => hashRankingConfig(layer(), wrong),
    searchConfig: () => searchConfig(words(), wrong),
    trainConfig: () => trainConfig({ task: images('convex'), network, ...wrong }),
    'The network of trainConfig': () =>
      trainConfig({ task: images('convex'), network: { ...network, ...wrong } }),
  };
  for (const [who, make] of Object.entries(makers)) {
    expect(make).toThrow(new RegExp(`^${who} has no option "seedz"; there are \\w+, `));
  }
  // What is undefined is as if it were not there.
  expect(memorise({ rows: undefined } as object)).toEqual(memorise());
});
