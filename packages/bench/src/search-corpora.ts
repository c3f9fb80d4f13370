/** What the study of searching searches: made-up vectors, a trained layer's weights, films and words. */
import { mnistSubset, movieLens, type WordVectors, wordVectors } from '@hashgrad/datasets';
import { randomStream } from '@hashgrad/kernels';
import { hidden, Network, network, softmax } from '@hashgrad/sparse-nn';
import { type Corpus, lognormal } from './corpora.ts';
import { pureSvd } from './pure-svd.ts';

export interface SearchCorporaOptions {
  /** MovieLens' folder. */
  readonly movielens?: string | undefined;
  /** GloVe's text, or word2vec's. */
  readonly words?: string | undefined;
  /** Queries of each, at most. */
  readonly queries: number;
}

/** Dimensions of the films' factors, as in Shrivastava and Li (NIPS 2014). */
const FACTORS = 150;

/** Those that need no files, and those whose files are named. */
export async function searchCorpora(options: SearchCorporaOptions): Promise<Corpus[]> {
  const { movielens, words, queries } = options;
  return [
    lognormal({ vectors: 20_000, queries, dimensions: 64, seed: 1 }),
    await layerCorpus(queries),
    ...(movielens === undefined ? [] : [filmCorpus(movielens, queries)]),
    ...(words === undefined ? [] : [wordCorpus(wordVectors(words), queries)]),
  ];
}

/** The 4,000 units of a hidden layer that was trained on digits; its inputs, the digits, are the queries. */
export async function layerCorpus(
  queries: number,
  units: number = 4000,
  epochs: number = 1,
): Promise<Corpus> {
  const { train, test } = await mnistSubset();
  const spec = network(train.columns, [hidden(units), softmax(train.classes)]);
  using net = await Network.create(spec, { seed: 1, threads: 1, batchSize: 128 });
  for await (const _ of net.fit(train, { epochs }));
  const { values, stride, width } = net.weights(0);
  const vectors = new Float32Array(units * width);
  for (let u = 0; u < units; u++) vectors.set(values.subarray(u * stride, u * stride + width), u * width);
  return { name: 'layer', dimensions: width, vectors, queries: test.inputs.slice(0, queries * width) };
}

/** The factors of films, which users ask. */
export function filmCorpus(folder: string, queries: number): Corpus {
  const ratings = movieLens(folder);
  const { users, items, dimensions } = pureSvd(ratings, Math.min(FACTORS, ratings.users, ratings.items));
  return { name: 'films', dimensions, vectors: items, queries: users.slice(0, queries * dimensions) };
}

/** Different words drawn at random ask for the words that go with them; at most as many as there are. */
export function wordCorpus(
  { vectors, dimensions, words }: WordVectors,
  queries: number,
  seed: number = 1,
): Corpus {
  const random = randomStream(seed, 'word queries');
  const order = Uint32Array.from({ length: words.length }, (_, i) => i);
  const count = Math.min(queries, words.length);
  const asked = new Float32Array(count * dimensions);
  for (let s = 0; s < count; s++) {
    // Fisher and Yates' shuffle, as far as it is needed.
    const other = s + random.integer(words.length - s);
    const word = order[other] as number;
    order[other] = order[s] as number;
    asked.set(vectors.subarray(word * dimensions, (word + 1) * dimensions), s * dimensions);
  }
  return { name: 'words', dimensions, vectors, queries: asked };
}
