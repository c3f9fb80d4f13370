import { describe, expect, test } from 'vitest';
import {
  activeUnits,
  codeBits,
  DEFAULTS,
  FAMILIES,
  linkOf,
  NETWORKS,
  RANGES,
  SELECTORS,
  type Settings,
  settingsOf,
  signatureBits,
  specOf,
} from '../src/train/settings.ts';

const others: Settings = {
  selector: 'signatures',
  family: 'dwta',
  bits: 9,
  tables: 17,
  share: 12,
  units: 300,
  images: 2000,
  seed: 77,
  portable: true,
};

describe('a link', () => {
  test.each([DEFAULTS, others])('has all settings: %j', (settings) => {
    expect(settingsOf(new URLSearchParams(linkOf(settings).toString()))).toEqual(settings);
  });

  test('names also those that are as by default, so that it means the same when defaults are others', () => {
    expect([...linkOf(DEFAULTS).keys()].toSorted()).toEqual(Object.keys(DEFAULTS).toSorted());
  });

  test.each([
    ['', DEFAULTS],
    ['bits=&tables=x&units=NaN&selector=best&family=', DEFAULTS],
    ['bits=99&tables=-4&share=1e9&units=1', { ...DEFAULTS, bits: 12, tables: 1, share: 50, units: 200 }],
    ['units=1049&images=1501&bits=4.6', { ...DEFAULTS, units: 1000, images: 2000, bits: 5 }],
  ])('that has nonsense gives what can be: %s', (text, expected) => {
    expect(settingsOf(new URLSearchParams(text))).toEqual(expected);
  });
});

test('every choice at both ends of every range makes networks that can be built', () => {
  const numbers = Object.keys(RANGES) as (keyof typeof RANGES)[];
  for (const selector of SELECTORS) {
    for (const family of FAMILIES) {
      for (const end of [0, 1] as const) {
        const ends = Object.fromEntries(numbers.map((name) => [name, String(RANGES[name][end])]));
        const settings = settingsOf(new URLSearchParams({ selector, family, ...ends }));
        for (const name of NETWORKS) {
          const [layer] = specOf(name, settings).layers;
          expect(layer!.units).toBe(name === 'narrow' ? activeUnits(settings) : settings.units);
        }
      }
    }
  }
});

test('bits are those that the hashes have', () => {
  expect(codeBits({ family: 'simHash', bits: 5 })).toBe(5);
  expect(codeBits({ family: 'wta', bits: 5 })).toBe(6);
  expect(signatureBits({ bits: 5, tables: 40 })).toBe(192);
  expect(signatureBits({ bits: 2, tables: 1 })).toBe(64);
});
