/** All units of the hidden layer as squares, of which some are lit. */
import { byId, colour, onColours } from '../common/dom.ts';
import type { Firing } from './messages.ts';

/** Squares of a row, by their number in all: rows are about one and a half times as long as there are of them. */
const columnsFor = (units: number): number => Math.ceil(Math.sqrt(1.6 * units));

export class UnitsGrid {
  readonly #canvas = byId('units-grid', HTMLCanvasElement);
  #firing: Firing | undefined;
  #chosen: number | undefined;

  /** @param choose Called with the unit whose square was clicked. */
  constructor(choose: (unit: number) => void) {
    onColours(() => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    this.#canvas.addEventListener('click', (event) => {
      if (!this.#firing) return;
      const { left, top, width } = this.#canvas.getBoundingClientRect();
      const columns = columnsFor(this.#firing.units);
      const size = width / columns;
      const [x, y] = [event.clientX - left, event.clientY - top].map((each) => Math.floor(each / size)) as [
        number,
        number,
      ];
      const unit = y * columns + x;
      if (x < columns && unit < this.#firing.units) choose(unit);
    });
  }

  show(firing: Firing): void {
    this.#firing = firing;
    this.#canvas.ariaLabel = `${firing.units} units, of which ${firing.firing.length} fire`;
    this.#draw();
  }

  /** Marks one unit. */
  mark(unit: number): void {
    this.#chosen = unit;
    this.#draw();
  }

  #draw(): void {
    const width = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (!this.#firing || width === 0) return;
    const { units, firing, missed } = this.#firing;
    const columns = columnsFor(units);
    const size = width / columns;
    const height = Math.ceil(Math.ceil(units / columns) * size);
    if (this.#canvas.width !== width || this.#canvas.height !== height)
      Object.assign(this.#canvas, { width, height });
    const context = this.#canvas.getContext('2d')!;
    context.clearRect(0, 0, width, height);
    const gap = Math.max(1, size * 0.12);
    const side = size - gap;
    const corner = (unit: number): [number, number] => [
      (unit % columns) * size,
      Math.floor(unit / columns) * size,
    ];
    const fill = (list: Iterable<number>, name: string): void => {
      context.fillStyle = colour(name);
      for (const unit of list) context.fillRect(...corner(unit), side, side);
    };
    const frame = (list: Iterable<number>, name: string, line: number): void => {
      Object.assign(context, { strokeStyle: colour(name), lineWidth: line });
      for (const unit of list) {
        const [x, y] = corner(unit);
        context.strokeRect(x + line / 2, y + line / 2, side - line, side - line);
      }
    };
    fill(
      Array.from({ length: units }, (_, unit) => unit),
      'cell',
    );
    fill(
      firing.filter(({ best }) => !best).map(({ unit }) => unit),
      'fires',
    );
    fill(
      firing.filter(({ best }) => best).map(({ unit }) => unit),
      'hashed',
    );
    frame(missed, 'missed', Math.max(1, side * 0.18));
    if (this.#chosen !== undefined && this.#chosen < units)
      frame([this.#chosen], 'text', Math.max(2, side * 0.22));
  }
}
