/** Sets from texts: shingles, the runs of a few words or characters that a text has (Broder 1997, section 2). */
import { checkInteger } from '../family.ts';
import { checkNames, described } from '../vectors/check-flat.ts';

/** What the shingles of a text are made of. */
export interface ShingleOptions {
  /** What a shingle is a run of. Words are runs of letters, marks, digits and underscores of any script. */
  readonly unit: 'words' | 'characters';
  /** How many of them, 1 or more: 2 to 5 words and 5 to 9 characters are usual. */
  readonly size: number;
  /** Whether capitals are the same as small letters. Default true. */
  readonly lowerCase?: boolean | undefined;
}

const WORDS = /[\p{L}\p{M}\p{N}_]+/gu;

/**
 * The shingles of a text, in its Unicode normal form C. Words are joined by one space. For characters (code points), white
 * space at the ends goes, and other white space is one space. A text shorter than a shingle is one shingle; a text without
 * words, or of nothing but white space, has none.
 *
 * Languages that write no spaces, Chinese for instance, need `unit: 'characters'`.
 * @throws {RangeError} if the size is not an integer of 1 or more, or the unit is another. @throws {TypeError} if it is no text.
 */
export function shingles(text: string, options: ShingleOptions): Set<string> {
  checkNames('shingles', options, ['unit', 'size', 'lowerCase']);
  if (typeof text !== 'string') throw new TypeError(`shingles: a text is a string; got ${described(text)}.`);
  const { unit, size, lowerCase = true } = options;
  if (unit !== 'words' && unit !== 'characters') {
    throw new RangeError(`shingles: unit is 'words' or 'characters'; got ${described(unit)}.`);
  }
  checkInteger('shingles', 'size', size, 1, 2 ** 31 - 1);
  // Lower case first: what it makes of a letter can be in another normal form.
  const plain = (lowerCase ? text.toLowerCase() : text).normalize('NFC');
  const parts = unit === 'words' ? (plain.match(WORDS) ?? []) : [...plain.trim().replaceAll(/\s+/g, ' ')];
  return runsOf(parts, size, unit === 'words' ? ' ' : '');
}

/** All runs of `size` parts, as slices of one text, which cost less than joining each. */
function runsOf(parts: readonly string[], size: number, between: string): Set<string> {
  const runs = new Set<string>();
  if (parts.length === 0) return runs;
  const text = parts.join(between);
  const starts = new Uint32Array(parts.length + 1);
  for (const [i, part] of parts.entries()) {
    starts[i + 1] = (starts[i] as number) + part.length + between.length;
  }
  for (let i = 0; i === 0 || i + size <= parts.length; i++) {
    const end = (starts[Math.min(i + size, parts.length)] as number) - between.length;
    runs.add(text.slice(starts[i], end));
  }
  return runs;
}
