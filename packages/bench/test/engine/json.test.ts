import { assert, jsonValue, property } from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, pathsOf, valuesAt, withValueAt } from '../../src/engine/json.ts';
import type { Config, Json } from '../../src/engine/record.ts';

test('the canonical form is JSON of the same value, whatever the order of keys', () => {
  assert(
    property(jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"x","d":null}]}',
  );
});

test('what is no plain JSON is refused with its place', () => {
  expect(() => canonicalJson({ a: [1, NaN] }, 'config')).toThrow('config.a[1] is no plain JSON: NaN.');
  expect(() => canonicalJson({ a: new Float32Array(1) })).toThrow('the value.a is no plain JSON');
  expect(() => canonicalJson({ a: undefined })).toThrow('the value.a is no plain JSON: undefined.');
});

const config: Config = { a: { b: 1 }, select: [{ bits: 4 }, { bits: 5, name: 'x' }], list: [1, 2] };

test('a list on the way stands for its items, an index for one of them', () => {
  expect(valuesAt(config, 'select.bits')).toEqual([4, 5]);
  expect(valuesAt(config, 'select.1.bits')).toEqual([5]);
  expect(valuesAt(config, 'list.1')).toEqual([2]);
  expect(valuesAt(config, 'select.0.name')).toEqual([]);
  expect(withValueAt(config, 'select.bits', 9)?.['select']).toEqual([{ bits: 9 }, { bits: 9, name: 'x' }]);
  expect(withValueAt(config, 'select.name', 'y')?.['select']).toEqual([{ bits: 4 }, { bits: 5, name: 'y' }]);
  expect(withValueAt(config, 'list.0', 7)?.['list']).toEqual([7, 2]);
  expect(withValueAt(config, 'a.c', 7)).toBeUndefined();
});

test('a value that was set is there, and nothing else has changed', () => {
  for (const path of pathsOf(config as Json)) {
    const changed = withValueAt(config, path, 'new') as Config;
    for (const value of valuesAt(changed, path)) expect(value).toBe('new');
    const apart = pathsOf(config).filter((other) => !other.startsWith(path) && !path.startsWith(other));
    expect(apart.map((other) => valuesAt(changed, other))).toEqual(
      apart.map((other) => valuesAt(config, other)),
    );
  }
  expect(valuesAt(config, 'toString')).toEqual([]);
});
