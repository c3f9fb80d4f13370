/** The page: two tabs, each of which begins its work when it is first shown. */
import { makeTabs } from './common/tabs.ts';

const begun = new Set<string>();

makeTabs(['train', 'search'], (panel) => {
  document.dispatchEvent(new CustomEvent('tab', { detail: panel }));
  if (begun.has(panel)) return;
  begun.add(panel);
  if (panel === 'train') void import('./train/page.ts').then(({ beginTraining }) => beginTraining());
  else void import('./search/page.ts').then(({ beginSearch }) => beginSearch());
});

// Another link in the same tab means other settings.
addEventListener('hashchange', () => location.reload());

// A page that was built keeps itself for use without a network, where the browser allows it.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('./sw.js').catch(() => {}));
}
