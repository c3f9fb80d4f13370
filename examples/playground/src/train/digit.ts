/** From a drawing to an image as MNIST has them. */

/** Pixels of an image's side, and of the box into which its digit is scaled. */
const SIDE = 28;
const BOX = 20;

/** Where the ink of a drawing is. */
interface Ink {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Its centre of mass. */
  readonly x: number;
  readonly y: number;
}

/** Where grey values (row-major, `width` a row) are not 0; undefined where all are. */
export function inkOf(grey: ArrayLike<number>, width: number): Ink | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  let [mass, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < grey.length; i++) {
    const value = grey[i]!;
    if (value === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    mass += value;
    sumX += value * (x + 0.5);
    sumY += value * (y + 0.5);
  }
  if (mass === 0) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1, x: sumX / mass, y: sumY / mass };
}

/**
 * A white drawing on black as 28 x 28 grey values from 0 to 1: scaled to a box of 20 x 20, its centre of mass in the middle, as
 * MNIST's images are. All 0 where nothing is drawn.
 */
export function asMnist(drawing: HTMLCanvasElement): Float32Array<ArrayBuffer> {
  const { width, height } = drawing;
  const { data } = drawing.getContext('2d', { willReadFrequently: true })!.getImageData(0, 0, width, height);
  const ink = inkOf(
    Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]!),
    width,
  );
  const small = new OffscreenCanvas(SIDE, SIDE).getContext('2d')!;
  small.fillRect(0, 0, SIDE, SIDE);
  if (ink) {
    const scale = BOX / Math.max(ink.width, ink.height);
    small.imageSmoothingQuality = 'high';
    const [x, y] = [SIDE / 2 - scale * (ink.x - ink.left), SIDE / 2 - scale * (ink.y - ink.top)];
    const to = [x, y, scale * ink.width, scale * ink.height] as const;
    small.drawImage(drawing, ink.left, ink.top, ink.width, ink.height, ...to);
  }
  const pixels = small.getImageData(0, 0, SIDE, SIDE).data;
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => pixels[4 * i]! / 255);
}

/** Draws 28 x 28 grey values, from 0 to 255 or as `scale` makes them, with their corner at x and y. */
export function drawDigit(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  grey: ArrayLike<number>,
  x: number,
  y: number,
  scale: number = 1,
): void {
  const image = new ImageData(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) image.data.fill(Math.round(scale * grey[i]!), 4 * i, 4 * i + 3);
  for (let i = 0; i < SIDE * SIDE; i++) image.data[4 * i + 3] = 255;
  context.putImageData(image, x, y);
}
