/**
 * Draws the drawings of the site from the embedded digits and from networks that it trains: `npm run docs:drawings`. It takes a
 * minute or two, and gives the same bytes on every machine, because it computes without relaxed SIMD.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRAWINGS } from './drawings/index.ts';

const folder = join(import.meta.dirname, '../src/assets/drawings');
mkdirSync(folder, { recursive: true });
const wanted = process.argv.slice(2);
for (const [name, draw] of Object.entries(DRAWINGS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const [path, drawn] = [join(folder, `${name}.svg`), await draw()];
  const changed = !read(path).equals(Buffer.from(drawn));
  writeFileSync(path, drawn);
  console.log(`${name}: ${changed ? 'drawn anew' : 'as it was'}`);
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.of();
  }
}
