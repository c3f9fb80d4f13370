/** Circles of files that import each other, types included. */

/** Files, and what each of them imports. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * A shortest circle through each file that no circle before it went through; files in the order of `imports`. A circle
 * begins with that file, and ends before it comes again.
 */
export function circlesOf(imports: Imports): string[][] {
  const seen = new Set<string>();
  const circles: string[][] = [];
  for (const file of imports.keys()) {
    const circle = seen.has(file) ? undefined : circleThrough(imports, file);
    if (circle === undefined) continue;
    for (const each of circle) seen.add(each);
    circles.push(circle);
  }
  return circles;
}

function circleThrough(imports: Imports, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const next of imports.get(file) ?? []) {
      if (next === start) return pathTo(file, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      queue.push(next);
    }
  }
  return undefined;
}

/** The way from the start to a file, both included. */
function pathTo(file: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [file];
  for (let before = cameFrom.get(file); before !== undefined; before = cameFrom.get(before))
    way.unshift(before);
  return way;
}
