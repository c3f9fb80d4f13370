import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { gzipSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkDataset, loadAmat, loadIdxFolder, parseAmat } from '../../src/index.ts';
import type { AmatOptions, DenseDataset } from '../../src/index.ts';
import { firstDifference } from '../helpers/images.ts';
import { realData, realPath } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const parse = (text: string, options: AmatOptions = {}): DenseDataset =>
  parseAmat(new TextEncoder().encode(text), { source: 'a.amat', ...options });

/** As printf's "   %.7e" writes it, exponents of two digits at least. */
const print = (value: number): string =>
  `   ${value.toExponential(7).replace(/e([-+])(\d)$/, (_, sign: string, digit: string) => `e${sign}0${digit}`)}`;

describe('parseAmat', () => {
  it('reads rows of values and a label', () => {
    expect(
      parse(
        '   0.0000000e+00   1.0000000e+00   1.0000000e+00\n   5.0000000e-01   2.5000000e-01   0.0000000e+00\n',
        { name: 'set', shape: [1, 2] },
      ),
    ).toEqual({
      name: 'set',
      rows: 2,
      columns: 2,
      classes: 2,
      inputs: Float32Array.of(0, 1, 0.5, 0.25),
      labels: Int32Array.of(1, 0),
      shape: [1, 2],
    });
  });

  it('reads what was printed with seven digits', () => {
    const anyRow = fc.tuple(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
      fc.nat(9),
    );
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1 }), (rows) => {
        const text = rows.map(([values, label]) => [...values, label].map(print).join('')).join('\n');
        const { inputs, labels } = parse(text);
        expect([...labels]).toEqual(rows.map(([, label]) => label));
        for (const [i, value] of rows.flatMap(([values]) => values).entries()) {
          expect(Math.abs(inputs[i]! - value)).toBeLessThanOrEqual(1.2e-7 * value + 1e-45);
        }
      }),
    );
  });

  it.each([
    ['', 'a.amat: expected values and a label in line 1, found 0 numbers.'],
    ['1\n', 'a.amat: expected values and a label in line 1, found 1 numbers.'],
    [
      '0 1 0\n0 1\n',
      'a.amat: line 2, column 4: expected a label from 0 to 2147483647, found the end of the line.',
    ],
    [
      '0 1 0\n0 1 0 1\n',
      'a.amat: line 2, column 7: expected the end of the line after 2 values and a label, found "1".',
    ],
    [
      '0 x 0\n',
      'a.amat: line 1, column 3: expected a value from 0 to 1 (number 2 of 2 and a label), found "x".',
    ],
    [
      '0 2 0\n',
      'a.amat: line 1, column 3: expected a value from 0 to 1 (number 2 of 2 and a label), found "2".',
    ],
    ['0 1 0.5\n', 'a.amat: line 1, column 5: expected a label from 0 to 2147483647, found "0.5".'],
    ['0 1 -1\n', 'a.amat: line 1, column 5: expected a label from 0 to 2147483647, found "-1".'],
    [
      '0 1 0\n\n0 1 0\n',
      'a.amat: line 2, column 1: expected a value from 0 to 1 (number 1 of 2 and a label), found the end of the line.',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('refuses a label beyond the classes, and a shape that is not a row', () => {
    expect(() => parse('0 1 3\n', { classes: 3 })).toThrow(
      'a.amat: line 1, column 5: expected a label from 0 to 2, found "3".',
    );
    expect(() => parse('0 1 1\n', { shape: [28, 28] })).toThrow(
      'a.amat: expected 28 x 28 values in line 1, found 2.',
    );
  });
});

describe('loadAmat', () => {
  it('reads a file and names it in errors', () => {
    const folder = temporaryFolder({ 'a.amat': '0 1 1\n', 'b.amat.gz': gzipSync('0 1 1\n'), 'c.amat': 'x' });
    expect(loadAmat(`${folder}/a.amat`)).toEqual(loadAmat(`${folder}/b.amat.gz`));
    expect(() => loadAmat(`${folder}/c.amat`)).toThrow(`${folder}/c.amat: expected values`);
    expect(() => loadAmat(`${folder}/d.amat`)).toThrow(`There is no file ${folder}/d.amat.`);
  });

  it.skipIf(!realData)('reads the original file of Rectangles as its IDX form', () => {
    const amat = parseAmat(unzipped(realPath('rectangles', 'rectangles.zip'), /train\.amat$/), {
      shape: [28, 28],
    });
    checkDataset(amat);
    const { train } = loadIdxFolder(realPath('rectangles'));
    expect(firstDifference(amat.inputs, train.inputs)).toBeUndefined();
    expect(firstDifference(amat.labels, train.labels)).toBeUndefined();
  });
});

/** One file out of a zip archive, found by the central directory at its end. */
function unzipped(path: string, name: RegExp): Uint8Array {
  const zip = readFileSync(path);
  const end = zip.lastIndexOf('PK\x05\x06');
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === 0x02014b50;) {
    const nameLength = zip.readUInt16LE(at + 28);
    const start = zip.readUInt32LE(at + 42);
    if (name.test(zip.toString('latin1', at + 46, at + 46 + nameLength))) {
      const from = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
      return inflateRawSync(zip.subarray(from, from + zip.readUInt32LE(at + 20)));
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`${path} holds no ${name.source}.`);
}
