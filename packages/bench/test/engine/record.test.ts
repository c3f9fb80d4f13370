import { describe, expect, test } from 'vitest';
import { checkTrialRecord } from '../../src/engine/record.ts';
import { record, trial } from './made-up.ts';

test('a record comes back from JSON as it was', () => {
  const [whole, failed] = [record(), record({ metrics: {}, error: { message: 'no', stack: 'at' } })];
  expect(checkTrialRecord(JSON.parse(JSON.stringify(whole)), 'here')).toEqual(whole);
  expect(checkTrialRecord(JSON.parse(JSON.stringify(failed)), 'here')).toEqual(failed);
});

describe('what is no record is refused with the place and the field', () => {
  const cases: [unknown, string][] = [
    [[], 'the record should be an object, but is [].'],
    [{ ...record(), version: undefined }, '"version" should be 1, but is missing.'],
    [{ ...record(), key: 'abc' }, '"key" should be a SHA-256 of 64 hexadecimal digits, but is "abc".'],
    [
      { ...record(), trial: { ...trial(), seed: -1 } },
      '"trial.seed" should be a whole number from 0 to 4294967295, but is -1.',
    ],
    [
      { ...record(), trial: { ...trial(), stage: 'ran' } },
      '"trial.stage" should be "tune" or "run", but is "ran".',
    ],
    [
      { ...record(), trial: { ...trial(), point: { arm: 1 } } },
      '"trial.point.arm" should be a text, but is 1.',
    ],
    [{ ...record(), seconds: null }, '"seconds" should be a finite number, but is null.'],
    [
      { ...record(), metrics: { loss: Infinity } },
      '"metrics.loss" should be a finite number, but is Infinity.',
    ],
    [{ ...record(), series: { loss: {} } }, '"series.loss" should be a list, but is {}.'],
    [{ ...record(), series: { loss: [1, '2'] } }, '"series.loss[1]" should be a finite number, but is "2".'],
    [
      { ...record(), cost: { forward: {} } },
      '"cost.forward.multiplyAdds" should be a finite number, but is missing.',
    ],
    [{ ...record(), shared: 0 }, '"shared" should be true or false, but is 0.'],
    [{ ...record(), error: {} }, '"error.message" should be a text, but is missing.'],
  ];
  test.each(cases)('%#', (value, message) => {
    expect(() => checkTrialRecord(value, 'file, line 3')).toThrow(`file, line 3: ${message}`);
  });

  test('records of other formats by name', () => {
    expect(() => checkTrialRecord({ study: 'selectors', arm: 'lsh' }, 'f')).toThrow(
      'f: this is a record of "hashgrad study" before version 1, which is no longer read.',
    );
    expect(() => checkTrialRecord({ ...record(), version: 2 }, 'f')).toThrow(
      'f: this is a record of version 2, but this hashgrad reads version 1.',
    );
  });
});
