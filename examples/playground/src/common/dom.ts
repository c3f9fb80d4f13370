/** Short ways to the elements of the page. */

/** The element of an id. @throws {Error} if the page has none, or it is of another kind. */
export function byId<T extends HTMLElement>(id: string, kind: abstract new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`The page has no ${kind.name} '${id}'.`);
}

/** A new element with text in it. */
export function made<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text: string = '',
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), { textContent: text }, properties);
}

/** What a variable of the style sheet is now, light or dark. */
export function colour(name: string): string {
  const probe = made('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Calls when the colours of the page become others. */
export function onColours(listener: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
}

/** A function that does the last of its calls only, once in so many milliseconds. */
export function atMostEvery<T extends readonly unknown[]>(
  milliseconds: number,
  action: (...given: T) => void,
): (...given: T) => void {
  let [last, waiting] = [-Infinity, false];
  let latest: T;
  return (...given) => {
    latest = given;
    if (waiting) return;
    waiting = true;
    setTimeout(
      () => {
        [last, waiting] = [performance.now(), false];
        action(...latest);
      },
      Math.max(0, last + milliseconds - performance.now()),
    );
  };
}

/** Milliseconds between redraws: few of them for those who want no motion. */
export function redrawEvery(milliseconds: number): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 2000 : milliseconds;
}

/** Says something to those who hear the page, if it is new. */
export function say(region: HTMLElement, text: string): void {
  if (region.textContent !== text) region.textContent = text;
}
