/** The form of settings. */
import { byId } from '../common/dom.ts';
import {
  activeUnits,
  codeBits,
  DEFAULTS,
  linkOf,
  type NumberName,
  RANGES,
  signatureBits,
  type Settings,
  settingsOf,
} from './settings.ts';

const SELECTORS: Readonly<Record<Settings['selector'], string>> = {
  lsh: 'Weights of units lie in hash tables. Those in the buckets that an image’s own codes name, in most tables first, are computed.',
  signatures:
    'All units’ bits are compared with those of the image, which is cheaper than to compute them; the nearest are computed.',
  topK: 'Finds the best units by computing all of them: what hashing tries to come near to, at no gain.',
  random: 'Other units for each image, drawn anew: what hashing has to beat.',
};

const FAMILIES: Readonly<Record<Settings['family'], string>> = {
  simHash: 'A bit says on which side of a random plane a vector lies: near in angle, mostly the same side.',
  crossPolytope: 'After a random rotation: which coordinate is the largest, and its sign.',
  wta: 'Which of eight coordinates, drawn at random, is the largest: the order counts, not the size.',
  dwta: 'The same, but where all eight are zero, as at the edge of an image, another eight answer for them.',
};

const NUMBERS = Object.keys(RANGES) as NumberName[];

export class Controls {
  readonly #form: HTMLFormElement = byId('settings', HTMLFormElement);

  /** @param changed Called with what is set when that has changed: once a slider is let go. */
  constructor(given: Settings, changed: (settings: Settings) => void) {
    for (const name of NUMBERS) {
      const [min, max, step] = RANGES[name];
      Object.assign(this.#input(name), { min, max, step });
    }
    this.#write(given);
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    this.#form.addEventListener('input', () => this.#describe());
    this.#form.addEventListener('change', () => {
      this.#write(this.settings);
      changed(this.settings);
    });
    byId('defaults', HTMLButtonElement).addEventListener('click', () => {
      this.#write(DEFAULTS);
      changed(this.settings);
    });
  }

  get settings(): Settings {
    const link = new URLSearchParams();
    for (const name of NUMBERS) link.set(name, this.#input(name).value);
    for (const name of ['selector', 'family'] as const) link.set(name, byId(name, HTMLSelectElement).value);
    link.set('portable', this.#input('portable').checked ? 'yes' : 'no');
    return settingsOf(link);
  }

  #input(name: string): HTMLInputElement {
    return byId(name, HTMLInputElement);
  }

  #write(settings: Settings): void {
    const link = linkOf(settings);
    for (const name of NUMBERS) this.#input(name).value = link.get(name)!;
    for (const name of ['selector', 'family'] as const) byId(name, HTMLSelectElement).value = link.get(name)!;
    this.#input('portable').checked = settings.portable;
    this.#describe();
  }

  /** What the choices mean, and which of them count. */
  #describe(): void {
    const { settings } = this;
    const { selector, family, units, images } = settings;
    byId('selector-help', HTMLElement).textContent = SELECTORS[selector];
    byId('family-help', HTMLElement).textContent = FAMILIES[family];
    const values = {
      bits:
        selector === 'signatures'
          ? `${settings.bits}`
          : `${codeBits(settings)}: ${2 ** codeBits(settings)} buckets`,
      tables:
        selector === 'signatures'
          ? `${settings.tables}: ${signatureBits(settings)} bits in all`
          : `${settings.tables}`,
      share: `${settings.share} %: ${activeUnits(settings)}`,
      units: units.toLocaleString('en'),
      images: images.toLocaleString('en'),
    };
    for (const [name, text] of Object.entries(values))
      byId(`${name}-value`, HTMLOutputElement).textContent = text;
    for (const field of this.#form.querySelectorAll<HTMLElement>('[data-for]')) {
      field.hidden = !field.dataset['for']!.split(' ').includes(selector);
    }
  }
}
