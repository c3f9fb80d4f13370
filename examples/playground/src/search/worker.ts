/** Reads vectors, hashes them and searches, away from the page's own thread. */
import type { FromSearcher, SearchMetric, ToSearcher } from './messages.ts';
import { Searcher } from './searcher.ts';
import { madeVectors, type NamedVectors, readFile, readWords } from './vectors.ts';

/** The collection that is searched, by each metric that was asked for. */
let named: NamedVectors | undefined;
const searchers = new Map<SearchMetric, Searcher>();

function tell(message: FromSearcher): void {
  postMessage(message);
}

/** @throws {Error} if the vectors cannot be read or hashed. */
function searcherBy(metric: SearchMetric): Searcher | undefined {
  if (!named) return undefined;
  const known = searchers.get(metric);
  if (known) return known;
  // One at a time: memory is for the vectors.
  drop();
  const { size } = named;
  tell({ kind: 'status', text: `Hashing ${size.toLocaleString('en')} vectors …` });
  const made = new Searcher(named, metric);
  searchers.set(metric, made);
  return made;
}

function drop(): void {
  for (const searcher of searchers.values()) searcher[Symbol.dispose]();
  searchers.clear();
}

async function take(reading: Promise<NamedVectors>): Promise<void> {
  const read = await reading;
  drop();
  named = read;
  const { name, size, dimensions, cut, words } = read;
  const collection = { name, size, dimensions, cut, named: words !== undefined };
  tell({ kind: 'ready', collection, first: words?.[0] ?? '#0' });
}

async function fetched(url: string): Promise<NamedVectors> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`The words could not be loaded: ${response.status} ${response.statusText}.`);
  return readWords(await response.blob(), 'words of tweets');
}

async function answer(message: ToSearcher): Promise<void> {
  switch (message.kind) {
    case 'words':
      return take(fetched(message.url));
    case 'file':
      tell({ kind: 'status', text: `Reading ${message.file.name} …` });
      return take(readFile(message.file));
    case 'made':
      tell({ kind: 'status', text: 'Making vectors …' });
      return take(Promise.resolve(madeVectors()));
    case 'query': {
      const { text, metric } = message;
      const searcher = searcherBy(metric);
      if (!searcher) return undefined;
      const [word, ...completions] = searcher.complete(text);
      const results = word === undefined ? [] : searcher.search(word);
      return tell({ kind: 'results', text, word, completions, results });
    }
  }
}

/** One after the other: a query waits for the vectors that it is about. */
let queue = Promise.resolve();
/** Queries that wait: only the last of them is of interest. */
let latest: ToSearcher | undefined;

addEventListener('message', ({ data }: MessageEvent<ToSearcher>) => {
  if (data.kind === 'query') latest = data;
  queue = queue
    .then(() => (data.kind === 'query' && data !== latest ? undefined : answer(data)))
    .catch((error: unknown) =>
      tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
});
