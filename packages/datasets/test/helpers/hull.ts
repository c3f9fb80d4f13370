type Point = readonly [number, number];

/**
 * Whether a set of pixels of a 28 x 28 image holds every pixel whose centre lies in the convex hull of its own, by Andrew's
 * monotone chain. Stricter than asking for pixels on the lines between two of the set.
 */
export function fillsItsHull(image: ArrayLike<number>): boolean {
  const points: Point[] = [];
  for (let i = 0; i < 784; i++) if (image[i] !== 0) points.push([i % 28, Math.floor(i / 28)]);
  const hull = hullOf(points);
  for (let i = 0; i < 784; i++) {
    if (image[i] !== 0) continue;
    const point: Point = [i % 28, Math.floor(i / 28)];
    if (hull.every((corner, j) => cross(corner, hull[(j + 1) % hull.length]!, point) >= 0)) return false;
  }
  return true;
}

function hullOf(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  return [...chain(sorted), ...chain(sorted.toReversed())];
}

function chain(points: readonly Point[]): Point[] {
  const corners: Point[] = [];
  for (const point of points) {
    while (corners.length > 1 && cross(corners.at(-2)!, corners.at(-1)!, point) <= 0) corners.pop();
    corners.push(point);
  }
  return corners.slice(0, -1);
}

/** Above 0 where c lies to the left of the way from a to b. */
function cross(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
