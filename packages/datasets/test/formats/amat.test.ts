import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
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

  it('passes over a byte order mark, and blank lines at the end', () => {
    const { inputs, labels } = parse('\uFEFF0.0000000e+00 0.5 1\r\n1 0 0\r\n\r\n\n');
    expect([[...inputs], [...labels]]).toEqual([
      [0, 0.5, 1, 0],
      [1, 0],
    ]);
  });

  it.each([
    ['', 'a.amat: line 1: expected values and a label, found no rows.'],
    ['1\n', 'a.amat: line 1: expected values and a label with blanks between them, found 1 of them.'],
    [
      '0,1,1\n',
      'a.amat: line 1: expected values and a label with blanks between them, found 1 of them: loadCsv reads commas.',
    ],
    // Ends of lines of old Macs, which once gave one row with the wrong label.
    [
      '0 0.5 1\r1 0 0\r',
      'a.amat: line 1, column 7: expected a value from 0 to 1 (number 3 of 4 and a label), found "1\\x0d1".',
    ],
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
    ['0 1 0\n\n0 1 0\n', 'a.amat: line 2: expected a row, found an empty line.'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('refuses a label beyond the classes, and a shape that is not a row', () => {
    expect(() => parse('0 1 3\n', { classes: 3 })).toThrow(
      'a.amat: line 1, column 5: expected a label from 0 to 2, found "3".',
    );
    expect(() => parse('0 1 1\n', { shape: [28, 28] })).toThrow(
      'a.amat: line 1: expected 28 x 28 values, found 2.',
    );
  });
});

describe('loadAmat', () => {
  it('reads a file and names it in errors', async () => {
    const folder = temporaryFolder({ 'a.amat': '0 1 1\n', 'b.amat.gz': gzipSync('0 1 1\n'), 'c.amat': 'x' });
    expect(await loadAmat(`${folder}/a.amat`)).toEqual(await loadAmat(`${folder}/b.amat.gz`));
    await expect(loadAmat(`${folder}/c.amat`)).rejects.toThrow(`${folder}/c.amat: line 1: expected values`);
    await expect(loadAmat(`${folder}/d.amat`)).rejects.toThrow(`${folder}/d.amat: there is no such file.`);
  });

  it.skipIf(!realData)('reads the original file of Rectangles as its IDX form', async () => {
    const amat = await loadAmat(realPath('rectangles', 'rectangles.zip'), {
      entry: 'rectangles_train.amat',
      shape: [28, 28],
    });
    checkDataset(amat);
    const { train } = await loadIdxFolder(realPath('rectangles'));
    expect(firstDifference(amat.inputs, train.inputs)).toBeUndefined();
    expect(firstDifference(amat.labels, train.labels)).toBeUndefined();
  });
});
