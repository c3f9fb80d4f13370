/** What a hash is: the bits of some digits, and how many they share. */
import { simHash } from '../../../packages/lsh/src/index.ts';
import { codesOf } from './codes.ts';
import { centred, digits, pixelsOf, rowsOf } from './digits.ts';
import { digit, label, square, svgFile } from './svg.ts';

const [BITS, A_ROW] = [48, 24];
/** Of the test digits by their angle to the first one: the nearest, those after so large a share of all, the furthest. */
const SHARES = [0, 0.02, 0.5, 1];

/** A digit and others, near to far, each beside its bits; those that it shares with the first one are bright. */
export async function signs(): Promise<string> {
  const { train, test } = await digits();
  const [first = 0] = rowsOf(test, [3]);
  const [width, values] = [test.columns, centred(test, train)];
  const [codes = new Uint32Array(), more = codes] = codesOf(
    simHash({ bits: A_ROW, tables: 2 }),
    { values, width },
    1,
  );
  const bitsOf = (row: number): number[] =>
    Array.from(
      { length: BITS },
      (_, b) => ((b < A_ROW ? codes : more)[row]! >> (A_ROW - 1 - (b % A_ROW))) & 1,
    );
  const angles = Array.from({ length: test.rows }, (_, row) => angle(values, first, row, width));
  const others = Array.from(angles.keys())
    .filter((row) => row !== first)
    .toSorted((a, b) => angles[a]! - angles[b]!);
  const rows = [first, ...SHARES.map((share) => others[Math.round(share * (others.length - 1))]!)];
  const bits = bitsOf(first);
  const shapes = rows.flatMap((row, i) => {
    const y = 44 + 78 * i;
    const own = bitsOf(row);
    const shared = own.filter((bit, b) => bit === bits[b]).length;
    const told = `at ${angles[row]!.toFixed(0)}°, shares ${shared} of ${BITS}; the law says ${(BITS * (1 - angles[row]! / 180)).toFixed(0)}`;
    return [
      digit(pixelsOf(test, row), 14, y + 2, 48),
      ...own.map((bit, b) =>
        bitSquare(76 + 16.4 * (b % A_ROW), y + 4 + 16.4 * Math.floor(b / A_ROW), bit, bit === bits[b]),
      ),
      label(76, y + 52, i === 0 ? 'its sides of 48 random planes' : told, { kind: 'soft' }),
    ];
  });
  const head = label(14, 26, 'Bits shared with the first digit are orange', { kind: 'bold' });
  const title = `A digit and four others with ${BITS} hash bits each: the smaller the angle, the more bits they share.`;
  return svgFile({ height: 40 + 78 * rows.length, title }, [head, ...shapes]);
}

function bitSquare(x: number, y: number, bit: number, shared: boolean): string {
  if (bit) return square(x, y, 13, shared ? 'on' : 'ink', 2);
  return `<rect x="${x.toFixed(1)}" y="${y + 0.75}" width="11.5" height="11.5" rx="2" style="fill:none;stroke-width:1.5;stroke:var(--${shared ? 'on' : 'soft'})"/>`;
}

/** In degrees. */
function angle(values: Float32Array, a: number, b: number, width: number): number {
  const sum = (p: number, q: number): number => {
    let total = 0;
    for (let i = 0; i < width; i++) total += values[p * width + i]! * values[q * width + i]!;
    return total;
  };
  return (Math.acos(Math.min(1, sum(a, b) / Math.sqrt(sum(a, a) * sum(b, b)))) * 180) / Math.PI;
}
