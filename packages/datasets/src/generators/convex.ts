import { checkOptions } from '../check-options.ts';
import { randomGeometric } from 'd3-random';
import { everyPairConnected } from './convexity.ts';
import { IMAGE_SET_OPTIONS, imageSet, SIDE } from './image-set.ts';
import type { ImageSetOptions } from './image-set.ts';
import { randomIndex } from '../random.ts';
import type { RandomSource } from '../random.ts';
import type { DenseDataset, Split } from '../types.ts';

/** How a random convex set is made: the mean number of half-planes is 1 / `stop`. */
interface Recipe {
  readonly stop: number;
  readonly leastPixels: number;
}

// "Below 19" and "at least 10" in the description; but the published files have no convex set below 20 pixels, and unions
// from 22 on in number.
const CONVEX: Recipe = { stop: 0.195, leastPixels: 20 };
const PIECE: Recipe = { stop: 0.07, leastPixels: 11 };

/**
 * Convex (Larochelle et al. 2007, section 4.2; made by D. Erhan): is the set of white pixels convex?
 *
 * Images of 28 x 28 pixels, 0 or 1. Class 1 is an intersection of n half-planes, n ~ Geometric(0.195), of 20 pixels or more.
 * Class 0 is a union of 2, 3 or 4 such sets, with n ~ Geometric(0.07) and 11 pixels or more each, that fails Erhan's test of
 * convexity over all pairs of pixels. Each class has about half of the rows, in random order. The published set has 8,000
 * training and 50,000 test images, which are the defaults.
 *
 * Not published is how half-planes are placed. Here a pixel is drawn uniformly for each set, and all its half-planes hold it:
 * the direction of each is uniform, and its border crosses the way from that pixel out of the image after a whole number of
 * pixels, uniform over those inside. The geometric counts from 1; a half-plane that would leave too few pixels is drawn again,
 * and so are all pieces of a union that comes out convex. Of several dozen ways that were tried, this one has the smallest
 * larger error of the two classes' mean areas, and areas spread much as in the published files: over 50,000 images class 0
 * has 305.7 pixels on average where the files have 303.8 (training) and 303.4 (test), class 1 has 294.9 where they have 299.2
 * and 301.4.
 *
 * @throws RangeError for a number of rows below 1, or a seed that is no 32-bit whole number.
 */
export function convex(options: ImageSetOptions = {}): Split<DenseDataset> {
  checkOptions('convex', options, IMAGE_SET_OPTIONS);
  const { train = 8_000, test = 50_000, seed = 1 } = options;
  const low = new Int32Array(SIDE);
  const high = new Int32Array(SIDE);
  const rows = new Int32Array(SIDE);
  return imageSet('convex', { train, test, seed }, (image, source) => {
    const label = randomIndex(source, 2);
    if (label === 1) {
      rows.fill(0);
      addConvexSet(CONVEX, rows, low, high, source);
    } else {
      const pieces = 2 + randomIndex(source, 3);
      do {
        rows.fill(0);
        for (let i = 0; i < pieces; i++) addConvexSet(PIECE, rows, low, high, source);
      } while (everyPairConnected(rows));
    }
    paint(rows, image);
    return label;
  });
}

function paint(rows: Int32Array, image: Float32Array): void {
  const width = image.length / rows.length;
  for (let y = 0; y < rows.length; y++) {
    for (let x = 0; x < width; x++) image[y * width + x] = (rows[y]! >>> x) & 1;
  }
}

/**
 * Adds a random intersection of half-planes to `rows`. Being convex it has one run of pixels a row, from `low` to `high`,
 * which are scratch space.
 */
function addConvexSet(
  { stop, leastPixels }: Recipe,
  rows: Int32Array,
  low: Int32Array,
  high: Int32Array,
  source: RandomSource,
): void {
  low.fill(0);
  high.fill(SIDE - 1);
  const x = randomIndex(source, SIDE);
  const y = randomIndex(source, SIDE);
  const halfPlanes = randomGeometric.source(source)(stop)();
  for (let i = 0; i < halfPlanes; i++) {
    let plane: HalfPlane;
    do plane = randomHalfPlane(x, y, source);
    while (cut(low, high, plane, false) < leastPixels);
    cut(low, high, plane, true);
  }
  for (let row = 0; row < SIDE; row++) {
    const run = high[row]! - low[row]! + 1;
    if (run > 0) rows[row]! |= (2 ** run - 1) << low[row]!;
  }
}

/** The pixels with ux * x + uy * y <= reach. */
interface HalfPlane {
  readonly ux: number;
  readonly uy: number;
  readonly reach: number;
}

/** A half-plane that holds pixel (x, y), its border square to the way out of the image and a whole number of pixels off. */
function randomHalfPlane(x: number, y: number, source: RandomSource): HalfPlane {
  const angle = 2 * Math.PI * source();
  const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
  const wayOut = Math.min(distanceOut(x, ux), distanceOut(y, uy));
  return { ux, uy, reach: ux * x + uy * y + Math.floor(wayOut * source()) };
}

/** How far it is from coordinate `at` to the first one outside the image, going in a direction with this component. */
function distanceOut(at: number, component: number): number {
  if (component === 0) return Infinity;
  return ((component > 0 ? SIDE : -1) - at) / component;
}

/** The number of pixels left when the runs are cut by a half-plane; the cut is made if `keep`. */
function cut(low: Int32Array, high: Int32Array, { ux, uy, reach }: HalfPlane, keep: boolean): number {
  const width = SIDE;
  let pixels = 0;
  for (let y = 0; y < low.length; y++) {
    const room = reach - uy * y;
    // A row parallel to the border is wholly inside or wholly outside.
    const from = ux < 0 ? Math.ceil(room / ux) : ux === 0 && room < 0 ? width : 0;
    const to = ux > 0 ? Math.floor(room / ux) : width - 1;
    const first = Math.max(low[y]!, from);
    const last = Math.min(high[y]!, to);
    pixels += Math.max(0, last - first + 1);
    if (keep) {
      // An empty run is 1 to 0, so that no later cut can make it look like a run.
      low[y] = first <= last ? first : 1;
      high[y] = first <= last ? last : 0;
    }
  }
  return pixels;
}
