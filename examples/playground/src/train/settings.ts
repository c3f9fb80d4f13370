/** What can be set of the race between networks, as a link carries it. */
import { crossPolytope, dwta, type FamilySpec, simHash, wta } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { adam, hidden, lsh, network, random, signatures, softmax, topK } from '@hashgrad/sparse-nn';
import type { NetworkSpec, SelectorSpec } from '@hashgrad/sparse-nn';

export const SELECTORS = ['lsh', 'signatures', 'topK', 'random'] as const;
export const FAMILIES = ['simHash', 'crossPolytope', 'wta', 'dwta'] as const;
export const NETWORKS = ['hashed', 'dense', 'narrow'] as const;

export type SelectorName = (typeof SELECTORS)[number];
export type FamilyName = (typeof FAMILIES)[number];
export type NetworkName = (typeof NETWORKS)[number];

export interface Settings {
  readonly selector: SelectorName;
  readonly family: FamilyName;
  /** Of a hash code. */
  readonly bits: number;
  readonly tables: number;
  /** Per cent of the hidden units that fire for an image, at most. */
  readonly share: number;
  /** Of the hidden layer. */
  readonly units: number;
  /** Images to train on. */
  readonly images: number;
  readonly seed: number;
  /** Whether the arithmetic is that of every processor, or the fastest of this one. */
  readonly portable: boolean;
}

export const DEFAULTS: Settings = {
  selector: 'lsh',
  family: 'simHash',
  bits: 5,
  tables: 40,
  share: 5,
  units: 1000,
  images: 4000,
  seed: 1,
  portable: false,
};

/** From, to, and in which steps; the page's sliders have the same. */
export const RANGES = {
  bits: [2, 12, 1],
  tables: [1, 100, 1],
  share: [1, 50, 1],
  units: [200, 4000, 100],
  images: [1000, 12_000, 1000],
  seed: [1, 9999, 1],
} as const;

export type NumberName = keyof typeof RANGES;

/** Images of a training step. */
export const BATCH = 64;

/** Steps between digests of the weights. */
export const DIGEST_EVERY = 100;

/** Pixels of an image, and kinds of digits. */
export const PIXELS = 784;
export const CLASSES = 10;

const isOne = <T extends string>(list: readonly T[], text: string | null): text is T =>
  list.includes(text as T);

/** The number in a text, brought into its range and onto its steps; the default where there is none. */
function numberOf(name: NumberName, text: string | null): number {
  const [least, most, step] = RANGES[name];
  const given = Number(text ?? Number.NaN);
  if (text === null || text === '' || !Number.isFinite(given)) return DEFAULTS[name];
  return least + step * Math.round((Math.min(most, Math.max(least, given)) - least) / step);
}

/** The settings of a link, with defaults for what it leaves out or has wrong. */
export function settingsOf(link: URLSearchParams): Settings {
  const [selector, family] = [link.get('selector'), link.get('family')];
  const number = (name: NumberName): number => numberOf(name, link.get(name));
  return {
    selector: isOne(SELECTORS, selector) ? selector : DEFAULTS.selector,
    family: isOne(FAMILIES, family) ? family : DEFAULTS.family,
    bits: number('bits'),
    tables: number('tables'),
    share: number('share'),
    units: number('units'),
    images: number('images'),
    seed: number('seed'),
    portable: link.get('portable') === 'yes',
  };
}

/** All of them, also those that are defaults: a link means the same when the defaults are others. */
export function linkOf(settings: Settings): URLSearchParams {
  const { portable, ...others } = settings;
  const texts = Object.entries(others).map(([name, value]) => [name, String(value)]);
  return new URLSearchParams([...texts, ['portable', portable ? 'yes' : 'no']]);
}

/** Bits of a code as the family has them: winner-take-all codes come in pieces of three bits. */
export function codeBits({ family, bits }: Pick<Settings, 'family' | 'bits'>): number {
  return family === 'wta' || family === 'dwta' ? 3 * Math.max(1, Math.round(bits / 3)) : bits;
}

/** Bits of a signature: as many as all tables have together, in whole words of 64. */
export function signatureBits({ bits, tables }: Pick<Settings, 'bits' | 'tables'>): number {
  return 64 * Math.max(1, Math.round((bits * tables) / 64));
}

/** Hidden units that fire for an image, at most. */
export function activeUnits({ share, units }: Pick<Settings, 'share' | 'units'>): number {
  return Math.max(1, Math.round((share / 100) * units));
}

function familyOf(settings: Settings): FamilySpec {
  const { family, tables } = settings;
  const bits = codeBits(settings);
  if (family === 'simHash') return simHash({ bits, tables });
  if (family === 'crossPolytope') return crossPolytope({ bits, tables });
  return { wta, dwta }[family]({ hashes: bits / 3, tables });
}

function selectorOf(settings: Settings): SelectorSpec {
  const count = activeUnits(settings);
  switch (settings.selector) {
    case 'lsh':
      return lsh({ count, family: familyOf(settings), transform: identity(), centred: true });
    case 'signatures':
      return signatures({ count, bits: signatureBits(settings), centred: true });
    case 'topK':
      return topK({ count });
    case 'random':
      return random({ count });
  }
}

/** One hidden layer of ReLU units: one that selects, one that does not, and one that has as many units as the first has active. */
export function specOf(name: NetworkName, settings: Settings): NetworkSpec {
  const layer = {
    hashed: () => hidden(settings.units, selectorOf(settings)),
    dense: () => hidden(settings.units),
    narrow: () => hidden(activeUnits(settings)),
  }[name]();
  return network(PIXELS, [layer, softmax(CLASSES)], adam({ rate: 0.001 }));
}
