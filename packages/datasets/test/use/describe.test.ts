import { describe as group, expect, it } from 'vitest';
import { convex, describe, mnistSubset, plantedLabels, selectRows, toSparse } from '../../src/index.ts';
import type { DenseDataset } from '../../src/index.ts';

const made: DenseDataset = {
  name: 'made',
  rows: 4,
  columns: 3,
  classes: 3,
  inputs: Float32Array.of(0, 1, 7, 0, 2, 7, 0, 1, 7, 0, 0, 7),
  labels: Int32Array.of(0, 0, 2, 0),
};

group('a summary', () => {
  it('says what there is and what is odd', () => {
    expect(describe(made).split('\n')).toEqual([
      'made: 4 rows of 3 columns, 3 classes',
      '  values from 0 to 7, mean 2.67; 58.3 % are not 0',
      '  class 0 3 ████████████████████',
      '  class 1 0 ',
      '  class 2 1 ███████',
      '  odd: 2 columns of 3 never vary',
      '  odd: 1 row is the same as an earlier one',
      '  odd: 1 class of 3 has no row',
    ]);
  });

  it('finds the same in sparse rows, and rows without labels and values', () => {
    const sparse = { ...toSparse(made), name: 'sparse' };
    const text = describe({ ...sparse, labelOffsets: Int32Array.of(0, 0, 1, 2, 4) });
    for (const line of [
      'sparse: 4 rows of 3 columns, 3 classes, 1 labels a row',
      '58.3 % are not 0, 1.75 a row',
      'odd: 2 columns of 3 never vary',
      'odd: 1 row is the same as an earlier one',
      'odd: 1 row has no label',
    ]) {
      expect(text).toContain(line);
    }
    // A zero that is noted is a zero: the first two rows are the same.
    const noted = {
      ...toSparse({ ...made, rows: 2, inputs: made.inputs.slice(0, 6), labels: Int32Array.of(0, 1) }),
      offsets: Int32Array.of(0, 2, 5),
      ids: Int32Array.of(1, 2, 0, 1, 2),
      values: Float32Array.of(1, 7, 0, 1, 7),
    };
    expect(describe(noted)).toContain('odd: 1 row is the same as an earlier one');
    const empty = { ...made, inputs: made.inputs.map((x, i) => (i < 3 ? 0 : i === 4 ? NaN : x)) };
    expect(describe(empty)).toContain('odd: 1 value is no finite number');
    expect(describe(empty)).toContain('odd: 1 row is all 0');
  });

  it('warns of sorted rows, and of rows that are both trained on and tested with', () => {
    const { train } = convex({ train: 60, test: 1 });
    const sorted = selectRows(
      train,
      [...train.labels.keys()].toSorted((a, b) => train.labels[b]! - train.labels[a]!),
    );
    expect(describe(sorted)).toContain('odd: rows are sorted by class: shuffle before some are taken');
    expect(describe(train)).not.toContain('sorted');
    const leaking = { name: 'leaking', train, test: selectRows(train, [3, 5]) };
    expect(describe(leaking)).toContain('odd: 2 rows to test with are also trained on');
  });

  it('counts classes by their sizes where there are many', () => {
    const { train } = plantedLabels({ train: 500, test: 1, features: 300, labels: 400, nonZeros: 12 });
    const text = describe(train);
    expect(text).toMatch(/classes with no row/);
    expect(text).toMatch(/classes with 1 to 9 rows/);
    const counted = [...text.matchAll(/^ +([\d,]+) classes with/gm)].map(([, n]) =>
      Number(n!.replace(',', '')),
    );
    expect(counted.reduce((sum, n) => sum + n, 0)).toBe(400);
  });

  it('has nothing odd to say of digits but pixels that never vary', async () => {
    const text = describe(await mnistSubset());
    expect(text).toContain('mnist-subset, to train on: 12,000 rows of 28 x 28 = 784 columns, 10 classes');
    expect(text.match(/odd: .*/g)!.every((line) => line.endsWith('never vary'))).toBe(true);
  });
});
