/** What each way to search found, side by side. */
import { byId, made } from '../common/dom.ts';
import type { Way, WayResult } from './messages.ts';

const TITLES: Readonly<Record<Way, string>> = {
  exact: 'Exact',
  mips: 'MipsIndex',
  lsh: 'LshIndex',
};

const HOW: Readonly<Record<Way, string>> = {
  exact: 'Compares the word with all vectors.',
  mips: 'Keeps 128 bits of each vector; computes those alone whose bits promise much.',
  lsh: 'Keeps vectors in hash tables; computes those in the word’s own buckets.',
};

/** Two digits that count, whatever the size. */
function milliseconds(value: number): string {
  return `${value.toPrecision(2).replace(/e.*/, '')} ms`;
}

export function showResults(results: readonly WayResult[]): void {
  byId('results', HTMLElement).replaceChildren(...results.map(cardOf));
}

function cardOf({ way, hits, milliseconds: taken, recall }: WayResult): HTMLElement {
  const card = made('section', '', { className: 'card' });
  card.dataset['way'] = way;
  const exact = way === 'exact';
  const facts = made('p', '', { className: 'facts' });
  facts.append(made('b', milliseconds(taken)), ' a search');
  if (!exact) facts.append('; ', made('b', `${Math.round(100 * recall)} %`), ' of the exact ten found');
  const list = made('ol');
  for (const { word, score, best } of hits) {
    const item = made('li', word);
    item.append(made('span', score.toFixed(3)));
    if (!exact && !best) item.append(made('span', 'not of the ten\u00a0\u00a0'));
    list.append(item);
  }
  card.append(made('h2', TITLES[way]), made('p', HOW[way], { className: 'help' }), facts, list);
  return card;
}
