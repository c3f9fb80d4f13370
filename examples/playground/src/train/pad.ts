/** Where a digit is drawn by pointer, or an example is shown. */
import { atMostEvery, byId } from '../common/dom.ts';
import { asMnist, drawDigit } from './digit.ts';

/** Milliseconds between looks at a digit that is being drawn. */
const WHILE_DRAWING = 150;

/** Of a stroke, in pixels of the pad: a tenth of it, as a pen's stroke is in MNIST. */
const STROKE = 24;

export class Pad {
  readonly #canvas = byId('pad', HTMLCanvasElement);
  readonly #context = this.#canvas.getContext('2d', { willReadFrequently: true })!;
  readonly #drawn: (pixels: Float32Array<ArrayBuffer>) => void;
  /** Whether an example is shown, which the first stroke takes away. */
  #example = true;
  /** Where the stroke that is being drawn has come to. */
  #last: [number, number] | undefined;

  /** @param drawn Called with 28 x 28 grey values from 0 to 1 while something is drawn, and after it. */
  constructor(drawn: (pixels: Float32Array<ArrayBuffer>) => void) {
    this.#drawn = drawn;
    const look = (): void => this.#drawn(asMnist(this.#canvas));
    const soon = atMostEvery(WHILE_DRAWING, look);
    const at = (event: PointerEvent): [number, number] => {
      const { left, top, width, height } = this.#canvas.getBoundingClientRect();
      const { width: columns, height: rows } = this.#canvas;
      return [((event.clientX - left) / width) * columns, ((event.clientY - top) / height) * rows];
    };
    this.#canvas.addEventListener('pointerdown', (event) => {
      if (this.#example) this.#empty();
      this.#canvas.setPointerCapture(event.pointerId);
      this.#last = undefined;
      this.#stroke([at(event)]);
      soon();
    });
    this.#canvas.addEventListener('pointermove', (event) => {
      if (!this.#canvas.hasPointerCapture(event.pointerId)) return;
      this.#stroke([...(event.getCoalescedEvents?.() ?? []), event].map(at));
      soon();
    });
    byId('clear', HTMLButtonElement).addEventListener('click', () => {
      this.#empty();
      look();
    });
    this.#empty();
  }

  /** Shows 28 x 28 grey values, 0 to 255. */
  show(grey: Uint8Array): void {
    const small = new OffscreenCanvas(28, 28);
    drawDigit(small.getContext('2d')!, grey, 0, 0);
    this.#empty();
    this.#example = true;
    this.#context.imageSmoothingEnabled = false;
    this.#context.drawImage(small, 0, 0, this.#canvas.width, this.#canvas.height);
  }

  #empty(): void {
    const { width, height } = this.#canvas;
    this.#context.fillStyle = '#000';
    this.#context.fillRect(0, 0, width, height);
    this.#context.beginPath();
    this.#example = false;
    this.#last = undefined;
  }

  #stroke(points: readonly [number, number][]): void {
    const context = this.#context;
    Object.assign(context, { strokeStyle: '#fff', lineWidth: STROKE, lineCap: 'round', lineJoin: 'round' });
    for (const point of points) {
      context.beginPath();
      context.moveTo(...(this.#last ?? point));
      context.lineTo(...point);
      context.stroke();
      this.#last = point;
    }
  }
}
