/** What a bucket is: the test digits that land in one, and as many that were drawn by no hash. */
import { simHash } from '../../../packages/lsh/src/index.ts';
import { codesOf } from './codes.ts';
import { centred, digits, pixelsOf } from './digits.ts';
import { digit, label, svgFile, WIDTH } from './svg.ts';

const [BITS, COLUMNS, SIZE] = [8, 12, 36];

/** The bucket of the first table that holds most digits of one kind, among those of 24 to 36. */
export async function bucket(): Promise<string> {
  const { train, test } = await digits();
  const values = centred(test, train);
  const [codes = new Uint32Array()] = codesOf(
    simHash({ bits: BITS, tables: 1 }),
    { values, width: test.columns },
    1,
  );
  const groups = [...Map.groupBy(Array.from(codes.keys()), (row) => codes[row]!).values()];
  const fitting = groups.filter(({ length }) => length >= 24 && length <= 36);
  const [shown = []] = fitting.toSorted((a, b) => most(test.labels, b).share - most(test.labels, a).share);
  const others = Array.from(shown.keys());
  const rows = Math.ceil(shown.length / COLUMNS);
  const second = 56 + rows * (SIZE + 2) + 30;
  const { kind, count } = most(test.labels, shown);
  const shapes = [
    label(
      16,
      26,
      `One of ${2 ** BITS} buckets: ${shown.length} of ${counted(test.rows)} digits, ${count} are ${kind}s`,
      { kind: 'bold' },
    ),
    ...grid(shown, 40),
    label(16, second - 12, `The first ${others.length} digits, for comparison`, { kind: 'bold' }),
    ...grid(others, second),
  ];
  const title = `The ${shown.length} digits in one bucket of ${2 ** BITS}; ${count} of them are ${kind}s.`;
  return svgFile({ height: second + rows * (SIZE + 2) + 14, title }, shapes);

  function grid(list: readonly number[], top: number): string[] {
    return list.map((row, i) =>
      digit(
        pixelsOf(test, row),
        16 + (i % COLUMNS) * ((WIDTH - 32) / COLUMNS),
        top + Math.floor(i / COLUMNS) * (SIZE + 2),
        SIZE,
      ),
    );
  }
}

function most(
  labels: ArrayLike<number>,
  rows: readonly number[],
): { kind: number; count: number; share: number } {
  const groups = [...Map.groupBy(rows, (row) => labels[row]!)];
  const [[kind = 0, list = []] = []] = groups.toSorted(([, a], [, b]) => b.length - a.length);
  return { kind, count: list.length, share: list.length / rows.length };
}

function counted(value: number): string {
  return value.toLocaleString('en');
}
