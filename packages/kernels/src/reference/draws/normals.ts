/** Reference of drawing normal numbers by the polar method (Marsaglia and Bray, SIAM Review 1964). */

/**
 * Each point (x, y) of the unit disc but its centre, at points[2 i] and on, makes two independent normal numbers: y and x times
 * sqrt(-2 log(r) / r), r = x^2 + y^2. Times `deviation` they go to the next places of rows of `width` numbers, `stride` floats
 * apart, from place `first` on.
 */
export function drawNormals(
  out: Float32Array,
  rows: {
    readonly stride: number;
    readonly width: number;
    readonly deviation: number;
    readonly first: number;
  },
  points: Float64Array,
): void {
  const { stride, width, deviation } = rows;
  let place = rows.first;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    const r = x * x + y * y;
    const factor = Math.sqrt((-2 * Math.log(r)) / r);
    for (const z of [y, x]) {
      out[Math.floor(place / width) * stride + (place % width)] = deviation * (z * factor);
      place++;
    }
  }
}
