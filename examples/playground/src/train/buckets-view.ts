/** The buckets of one table with the images that look into them. */
import { byId, made } from '../common/dom.ts';
import { drawDigit } from './digit.ts';
import { bitsOf } from './firing-view.ts';
import type { Bucket, Buckets } from './messages.ts';
import { PIXELS } from './settings.ts';

/** Buckets that are shown, fewer of them where they stand one below the other. */
const SHOWN = 12;
const SHOWN_NARROW = 5;

/** Images of each. */
const COLUMNS = 8;
const ROWS = 2;

export interface ExampleImages {
  /** Grey values, 784 an image. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

const NO_TABLES =
  'The way in which units are chosen now has no tables. Choose hash tables in the settings to see what lies together.';

export function showBuckets({ bits, buckets, own }: Buckets, examples: ExampleImages): void {
  const into = byId('buckets', HTMLElement);
  if (bits === undefined) {
    into.replaceChildren(made('p', NO_TABLES));
    return;
  }
  const first = buckets.filter(({ code }) => code === own);
  const others = buckets.filter(({ code }) => code !== own);
  const shown = [...first, ...others].slice(
    0,
    matchMedia('(max-width: 640px)').matches ? SHOWN_NARROW : SHOWN,
  );
  const more = buckets.length - shown.length;
  into.replaceChildren(
    ...shown.map((bucket) => boxOf(bucket, bits, bucket.code === own, examples)),
    ...(more > 0 ? [made('p', `and ${more} more buckets with fewer images.`)] : []),
  );
}

function boxOf(
  { code, units, images }: Bucket,
  bits: number,
  own: boolean,
  examples: ExampleImages,
): HTMLElement {
  const box = made('section', '', { className: own ? 'bucket own' : 'bucket' });
  const title = made('h3');
  const name = `bucket ${bitsOf(code, bits)}${own ? ': the digit at hand looks here' : ''}`;
  title.append(made('span', name), made('span', `${images.length} images, ${units} units`));
  const canvas = made('canvas', '', { width: 28 * COLUMNS, height: 28 * ROWS, role: 'img' });
  canvas.ariaLabel = `Digits in it: ${labelsOf(images, examples)}`;
  const context = canvas.getContext('2d')!;
  for (const [i, image] of images.slice(0, COLUMNS * ROWS).entries()) {
    const grey = examples.pixels.subarray(image * PIXELS, (image + 1) * PIXELS);
    drawDigit(context, grey, 28 * (i % COLUMNS), 28 * Math.floor(i / COLUMNS));
  }
  box.append(title, canvas);
  return box;
}

/** How many there are of which digit, the most first. */
function labelsOf(images: readonly number[], { labels }: ExampleImages): string {
  const counts = new Map<number, number>();
  for (const image of images) counts.set(labels[image]!, (counts.get(labels[image]!) ?? 0) + 1);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([digit, count]) => `${count} of ${digit}`)
    .join(', ');
}
