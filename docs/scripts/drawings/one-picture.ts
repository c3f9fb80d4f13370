/** What it is in one picture: an image, its bits, what lies in its buckets, the units that are computed, and the answer. */
import { digits, pixelsOf, rowsOf } from './digits.ts';
import { lookUp, trained } from './layer.ts';
import { arrow, digit, label, short, square, svgFile, WIDTH } from './svg.ts';

const [UNITS, ACTIVE, BITS, SHOWN] = [1000, 50, 6, 3];

/** An image of a 3 goes through a layer of 1,000 units, of which 50 are computed. */
export async function onePicture(): Promise<string> {
  const { train, test } = await digits();
  const [row = 0] = rowsOf(test, [3]);
  const pixels = pixelsOf(test, row);
  const found = lookUp(await trained(train, UNITS, 4), pixels, ACTIVE);
  const best = new Set(found.best);
  const hits = found.active.filter((u) => best.has(u)).length;
  const shapes = [
    label(16, 28, 'An input', { kind: 'bold' }),
    `<rect class="frame" x="16" y="40" width="100" height="100" rx="6"/>`,
    digit(pixels, 20, 44, 92),
    arrow(124, 90, 152, 90),
    label(164, 28, 'is hashed, in 50 tables,', { kind: 'bold' }),
    ...Array.from({ length: SHOWN }, (_, t) => tableRow(t, found.codes[t]!, found.found[t]!)).flat(),
    arrow(240, 146, 240, 170),
    label(16, 192, 'Units that share most buckets with it are computed,', { kind: 'bold' }),
    ...units(found.active, best, 206),
    square(16, 396, 10, 'on', 2),
    label(32, 406, `computed: ${found.active.length} of 1,000; ${hits} of them are among`, { kind: 'soft' }),
    label(32, 424, `the ${ACTIVE} highest that computing all would find`, { kind: 'soft' }),
    square(380, 396, 10, 'missed', 2),
    label(396, 406, 'missed', { kind: 'soft' }),
    arrow(240, 434, 240, 458),
    label(16, 480, 'and they alone give the answer, and are trained.', { kind: 'bold' }),
    ...answer(found.outputs, 494),
  ];
  const title = `An image of a 3 is hashed in 50 tables; ${found.active.length} of 1,000 units share its buckets and are computed, and the network answers ${found.outputs.indexOf(Math.max(...found.outputs))}.`;
  return svgFile({ height: 560, title }, shapes);
}

function tableRow(table: number, code: number, inBucket: number): string[] {
  const y = 44 + 34 * table;
  const bits = Array.from({ length: BITS }, (_, b) => (code >> (BITS - 1 - b)) & 1);
  return [
    ...bits.map((bit, b) => square(164 + 20 * b, y, 16, bit ? 'ink' : 'off', 3)),
    arrow(290, y + 8, 312, y + 8),
    label(322, y + 13, `${inBucket} units in its bucket`),
  ];
}

function units(active: readonly number[], best: ReadonlySet<number>, top: number): string[] {
  const [columns, pitch, size] = [50, 8.96, 7.4];
  const on = new Set(active);
  return Array.from({ length: UNITS }, (_, u) => {
    const [x, y] = [16 + (u % columns) * pitch, top + Math.floor(u / columns) * pitch];
    if (on.has(u)) return square(x, y, size, 'on', 1.5);
    return best.has(u) ? square(x + 0.6, y + 0.6, size - 1.2, 'missed', 1.5) : square(x, y, size, 'off', 1.5);
  });
}

function answer(outputs: readonly number[], top: number): string[] {
  const pitch = (WIDTH - 32) / 10;
  const most = Math.max(...outputs);
  return outputs.flatMap((output, c) => {
    const x = 16 + pitch * c;
    const height = Math.max(1, 30 * output);
    return [
      `<rect class="${output === most ? 'on' : 'off'}" x="${short(x + 6)}" y="${short(top + 30 - height)}" width="${short(pitch - 12)}" height="${short(height)}" rx="2"/>`,
      label(x + pitch / 2, top + 48, String(c), {
        anchor: 'middle',
        kind: output === most ? 'bold' : 'soft',
      }),
    ];
  });
}
