/** The tab on which vectors are searched as one types. */
import wordsUrl from '../../data/words.txt.gz?url';
import { byId, made, say } from '../common/dom.ts';
import { readLink, writeLink } from '../common/link.ts';
import {
  type Collection,
  type FromSearcher,
  METRICS,
  type SearchMetric,
  type ToSearcher,
} from './messages.ts';
import { showResults } from './results-view.ts';

/** Milliseconds without a key after which what was found is said aloud. */
const QUIET = 400;

/** Begins with the words that come with the page. */
export function beginSearch(): unknown {
  return new SearchPage();
}

class SearchPage {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #word = byId('word', HTMLInputElement);
  readonly #status = byId('search-status', HTMLElement);
  #collection: Collection | undefined;
  #saying: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const link = readLink();
    this.#word.value = link.get('word') ?? this.#word.value;
    for (const radio of this.#radios) radio.checked = radio.value === (link.get('metric') ?? METRICS[0]);
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromSearcher>) => this.#take(data));
    this.#worker.addEventListener('error', ({ message }) => this.#fail(message));
    this.#word.addEventListener('input', () => this.#query());
    byId('query', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
    for (const radio of this.#radios) radio.addEventListener('change', () => this.#query());
    byId('made', HTMLButtonElement).addEventListener('click', () => this.#tell({ kind: 'made' }));
    byId('words', HTMLButtonElement).addEventListener('click', () => this.#loadWords());
    this.#takeFiles();
    this.#loadWords();
  }

  get #radios(): readonly HTMLInputElement[] {
    return [...document.querySelectorAll<HTMLInputElement>('input[name="metric"]')];
  }

  get #metric(): SearchMetric {
    return this.#radios.find(({ checked }) => checked)!.value as SearchMetric;
  }

  #tell(message: ToSearcher): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's, not a window's
    this.#worker.postMessage(message);
  }

  #loadWords(): void {
    this.#tell({ kind: 'words', url: new URL(wordsUrl, document.baseURI).href });
  }

  #takeFiles(): void {
    const input = byId('file', HTMLInputElement);
    const take = (files: FileList | null | undefined): void => {
      if (files?.[0]) this.#tell({ kind: 'file', file: files[0] });
    };
    input.addEventListener('change', () => take(input.files));
    const panel = byId('search', HTMLElement);
    panel.addEventListener('dragover', (event) => {
      event.preventDefault();
      panel.classList.add('dragging');
    });
    panel.addEventListener('dragleave', () => panel.classList.remove('dragging'));
    panel.addEventListener('drop', (event) => {
      event.preventDefault();
      panel.classList.remove('dragging');
      take(event.dataTransfer?.files);
    });
  }

  #query(): void {
    this.#tell({ kind: 'query', text: this.#word.value, metric: this.#metric });
  }

  #take(message: FromSearcher): void {
    switch (message.kind) {
      case 'status':
        return this.#say(message.text);
      case 'ready':
        this.#collection = message.collection;
        if (!message.collection.named || this.#word.value.startsWith('#')) this.#word.value = message.first;
        return this.#query();
      case 'results':
        return this.#show(message);
      case 'failed':
        return this.#fail(message.message);
    }
  }

  #show({ text, word, completions, results }: FromSearcher & { kind: 'results' }): void {
    writeLink({ word: text, metric: this.#metric });
    byId('completions', HTMLDataListElement).replaceChildren(
      ...completions.map((each) => made('option', each)),
    );
    showResults(results);
    const { size, dimensions, name, cut } = this.#collection!;
    const among = `${cut ? 'the first ' : ''}${size.toLocaleString('en')} vectors of ${dimensions} numbers (${name})`;
    const nearest = results[0]?.hits[0]?.word;
    const found =
      word === undefined
        ? `There is nothing that begins with “${text}”`
        : `Nearest to “${word}”: ${nearest ?? 'nothing'}`;
    // Typing is not to be interrupted.
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => this.#say(`${found}, among ${among}.`), QUIET);
  }

  #say(text: string): void {
    clearTimeout(this.#saying);
    this.#status.classList.remove('failed');
    say(this.#status, text);
  }

  #fail(message: string): void {
    clearTimeout(this.#saying);
    this.#status.classList.add('failed');
    say(this.#status, message);
  }
}
