/** What fires for the digit at hand, in words, squares and a table. */
import { byId, made, say } from '../common/dom.ts';
import { drawWeights } from './unit-weights.ts';
import type { Firing, FiringUnit } from './messages.ts';
import type { Settings } from './settings.ts';
import { UnitsGrid } from './units-grid.ts';

/** Units that the table has. */
const STRONGEST = 10;

/** Tables that are named of one unit. */
const NAMED = 6;

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** A code as the bits that it is. */
export function bitsOf(code: number, bits: number): string {
  return code.toString(2).padStart(bits, '0');
}

export class FiringView {
  readonly #grid: UnitsGrid;
  readonly #ask: (unit: number) => void;
  readonly #rows: HTMLTableRowElement[];
  #firing: Firing | undefined;
  #bits = 0;
  #unit: number | undefined;

  /** @param ask Called with a unit whose weights are wanted. */
  constructor(ask: (unit: number) => void) {
    this.#ask = ask;
    this.#grid = new UnitsGrid((unit) => this.#choose(unit));
    const body = byId('strongest', HTMLTableSectionElement);
    this.#rows = Array.from({ length: STRONGEST }, () => {
      const row = body.insertRow();
      const button = made('button', '', { type: 'button' });
      button.addEventListener('click', () => this.#choose(Number(button.textContent)));
      row.insertCell().append(button);
      for (let i = 0; i < 3; i++) row.insertCell();
      row.hidden = true;
      return row;
    });
  }

  show(firing: Firing, settings: Settings, bits: number): void {
    this.#firing = firing;
    this.#bits = bits;
    this.#grid.show(firing);
    const answers = byId('answers', HTMLElement);
    answers.replaceChildren(
      ...firing.answers.map(({ name, digit, probability }) => {
        const answer = made('span');
        answer.append(made('b', name, { className: name }), ` says ${digit} (${percent(probability)})`);
        return answer;
      }),
    );
    say(byId('recall', HTMLElement), this.#recall(firing, settings));
    for (const [i, row] of this.#rows.entries()) this.#fill(row, firing.firing[i]);
    if (this.#unit !== undefined) this.#describe(this.#unit);
  }

  /** In a sentence or two, to be heard. */
  get summary(): string {
    if (!this.#firing) return '';
    const answers = this.#firing.answers.map(({ name, digit }) => `${name} says ${digit}`).join(', ');
    return `${answers}. ${byId('recall', HTMLElement).textContent}`;
  }

  /** Draws the weights that were asked for. */
  showWeights(unit: number, weights: Float32Array): void {
    if (unit === this.#unit) drawWeights(byId('unit-weights', HTMLCanvasElement), unit, weights);
  }

  #recall({ units, firing, best, found }: Firing, { share }: Settings): string {
    const fires = `${firing.length} of ${units.toLocaleString('en')} units fire.`;
    if (best === 0) return `${fires} None would give anything, whichever were computed.`;
    const chance = `chance would find ${share} %`;
    return `${fires} Of the ${best} best, ${found} are among them: a recall of ${percent(found / best)} (${chance}).`;
  }

  #fill(row: HTMLTableRowElement, unit: FiringUnit | undefined): void {
    row.hidden = !unit || unit.activation === 0;
    if (!unit) return;
    const texts = [
      unit.activation.toFixed(2),
      unit.best ? 'yes' : 'no',
      this.#bits === 0 ? '–' : String(unit.tables.length),
    ];
    row.cells[0]!.firstElementChild!.textContent = String(unit.unit);
    for (const [i, text] of texts.entries()) row.cells[i + 1]!.textContent = text;
  }

  #choose(unit: number): void {
    this.#unit = unit;
    this.#grid.mark(unit);
    this.#describe(unit);
    this.#ask(unit);
    byId('unit-detail', HTMLElement).hidden = false;
  }

  #describe(unit: number): void {
    const { firing = [], missed = [], codes = [] } = this.#firing ?? {};
    const fires = firing.find((each) => each.unit === unit);
    const text = byId('unit-text', HTMLElement);
    if (!fires) {
      const why = missed.includes(unit)
        ? 'is one of the best for this digit, but was not found'
        : 'does not fire for this digit';
      return say(text, `Unit ${unit} ${why}. Left: its weights, one for each pixel.`);
    }
    const named = fires.tables
      .slice(0, NAMED)
      .map((table) => `${table + 1} (bucket ${bitsOf(codes[table]!, this.#bits)})`);
    const more = fires.tables.length - named.length;
    const where =
      codes.length === 0
        ? ''
        : ` It lies in the digit’s bucket in ${fires.tables.length} of ${codes.length} tables: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`;
    return say(
      text,
      `Unit ${unit} gives ${fires.activation.toFixed(2)}.${where} Left: its weights, one for each pixel.`,
    );
  }
}
