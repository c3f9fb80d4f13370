/** Test images to choose from: the way to a digit that needs no pointer. */
import { byId, made } from '../common/dom.ts';
import type { ExampleImages } from './buckets-view.ts';
import { drawDigit } from './digit.ts';
import { CLASSES, PIXELS } from './settings.ts';

/** Images of each digit. */
const EACH = 2;

/** Makes a button for each. @param choose Called with the place of an image among the examples. */
export function showExamples(examples: ExampleImages, choose: (image: number) => void): void {
  const chosen = Array.from({ length: CLASSES * EACH }, (_, i) => {
    const places = [...examples.labels.keys()].filter((place) => examples.labels[place] === i % CLASSES);
    return places[Math.floor(i / CLASSES)]!;
  });
  const buttons = chosen.map((image, i) => {
    const button = made('button', '', { type: 'button', ariaPressed: 'false' });
    button.ariaLabel = `${examples.labels[image]}, example ${Math.floor(i / CLASSES) + 1}`;
    const canvas = made('canvas', '', { width: 28, height: 28 });
    drawDigit(canvas.getContext('2d')!, examples.pixels.subarray(image * PIXELS, (image + 1) * PIXELS), 0, 0);
    button.append(canvas);
    button.addEventListener('click', () => {
      press(i);
      choose(image);
    });
    return button;
  });
  const press = (at: number): void => {
    for (const [i, button] of buttons.entries()) button.ariaPressed = String(i === at);
  };
  byId('examples', HTMLElement).replaceChildren(...buttons);
  byId('pad', HTMLElement).addEventListener('pointerdown', () => press(-1));
  byId('clear', HTMLElement).addEventListener('click', () => press(-1));
  press(3);
  choose(chosen[3]!);
}
