/** Tabs as the ARIA Authoring Practices describe them: arrow keys go from one to the next. */
import { byId } from './dom.ts';
import { readLink, writeLink } from './link.ts';

/** @param open Called when a tab comes to be shown, with the id of its panel. */
export function makeTabs(panels: readonly string[], open: (panel: string) => void): void {
  const tabs = panels.map((panel) => byId(`tab-${panel}`, HTMLButtonElement));
  const select = (at: number): void => {
    for (const [i, tab] of tabs.entries()) {
      tab.ariaSelected = String(i === at);
      tab.tabIndex = i === at ? 0 : -1;
      byId(panels[i]!, HTMLElement).hidden = i !== at;
    }
    writeLink({ tab: panels[at]! });
    open(panels[at]!);
  };
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener('click', () => select(i));
    tab.addEventListener('keydown', ({ key }) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[key];
      if (to === undefined) return;
      const at = (to + tabs.length) % tabs.length;
      tabs[at]!.focus();
      select(at);
    });
  }
  select(Math.max(0, panels.indexOf(readLink().get('tab') ?? '')));
}
