/** Numbers out of bytes of text, without a string a number: the files have up to a billion of them. */

const [PLUS, MINUS, DOT, ZERO, NINE] = [0x2b, 0x2d, 0x2e, 0x30, 0x39];
const [UPPER_E, LOWER_E] = [0x45, 0x65];
/** What a small letter has and a capital has not. */
const CASE = 0x20;
const [SPACE, TAB] = [0x20, 0x09];

/** Where the last scan ended: at the first byte that is no part of its number. */
export const cursor: { at: number } = { at: 0 };

/** Powers of ten; those up to 22 a double holds exactly. */
const POWERS = Float64Array.from({ length: 301 }, (_, exponent) => Number(`1e${exponent}`));
const EXACT_POWERS = 22;

/** Digits whose number 32 bits hold. */
const SMALL_DIGITS = 9;

/** Digits whose number a double holds exactly. */
const EXACT_DIGITS = 15;

/** More than what 15 digits of more, and a product of two rounded numbers, are off. */
const DOUBT = 2e-14;

/**
 * The number that begins at `start` (decimal, with sign, fraction and exponent if it likes), to the nearest double and then to
 * the nearest 32-bit float, as `Math.fround(Number(text))` gives it. NaN if none begins there, infinite if it is too large.
 * {@link cursor} is at its end.
 */
export function scanFloat(bytes: Uint8Array, start: number, end: number): number {
  // At the end of all bytes each step would have to look for it.
  if (end >= bytes.length) return scanLong(bytes, start, end);
  let i = start;
  const negative = bytes[i] === MINUS;
  if (negative || bytes[i] === PLUS) i++;
  const first = i;
  // Few digits are a whole number of 32 bits, whose arithmetic is the quickest; more are read anew. Below 0 is far above 9.
  let mantissa = 0;
  let digit = (bytes[i]! - ZERO) >>> 0;
  while (digit < 10 && i < end) {
    mantissa = (Math.imul(mantissa, 10) + digit) | 0;
    digit = (bytes[++i]! - ZERO) >>> 0;
  }
  let digits = i - first;
  let decimals = 0;
  if (bytes[i] === DOT && i < end) {
    const point = i;
    digit = (bytes[++i]! - ZERO) >>> 0;
    while (digit < 10 && i < end) {
      mantissa = (Math.imul(mantissa, 10) + digit) | 0;
      digit = (bytes[++i]! - ZERO) >>> 0;
    }
    decimals = i - point - 1;
    digits += decimals;
  }
  if (digits > SMALL_DIGITS || ((bytes[i]! | CASE) === LOWER_E && i < end))
    return scanLong(bytes, start, end);
  cursor.at = i;
  if (digits === 0) return NaN;
  // Exact operands and one rounding give the nearest double.
  const size = decimals === 0 ? mantissa : mantissa / POWERS[decimals]!;
  return Math.fround(negative ? -size : size);
}

/** As {@link scanFloat}, for many digits or an exponent. */
function scanLong(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === MINUS;
  if (negative || bytes[i] === PLUS) i++;
  let [mantissa, significant, exponent, digits] = [0, 0, 0, 0];
  let afterDot = false;
  let exact = true;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === DOT && !afterDot) {
      afterDot = true;
      continue;
    }
    if (byte < ZERO || byte > NINE) break;
    digits++;
    if (afterDot) exponent--;
    if (significant === EXACT_DIGITS) {
      exponent++;
      if (byte !== ZERO) exact = false;
      continue;
    }
    mantissa = mantissa * 10 + (byte - ZERO);
    if (mantissa > 0) significant++;
  }
  cursor.at = i;
  if (digits === 0) return NaN;
  if (i < end && (bytes[i] === LOWER_E || bytes[i] === UPPER_E)) {
    i++;
    const down = bytes[i] === MINUS;
    if (i < end && (down || bytes[i] === PLUS)) i++;
    const from = i;
    let written = 0;
    for (; i < end && bytes[i]! >= ZERO && bytes[i]! <= NINE; i++) {
      written = Math.min(written * 10 + bytes[i]! - ZERO, 100_000);
    }
    if (i === from) return NaN;
    cursor.at = i;
    exponent += down ? -written : written;
  }
  if (mantissa === 0) return negative ? -0 : 0;
  const power = Math.abs(exponent);
  if (power < POWERS.length - EXACT_DIGITS) {
    const size = exponent < 0 ? mantissa / POWERS[power]! : mantissa * POWERS[power]!;
    if (exact && power <= EXACT_POWERS) return Math.fround(negative ? -size : size);
    // Where rounding goes the same way from below and from above, it goes so from the number between.
    const [low, high] = [Math.fround(size * (1 - DOUBT)), Math.fround(size * (1 + DOUBT))];
    if (low === high) return negative ? -low : low;
  }
  return Math.fround(Number(asciiOf(bytes, start, cursor.at)));
}

function asciiOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** The number that all bytes from `start` to `end` write, as {@link scanFloat} gives it, or NaN if they write none. */
export function parseFloat32(bytes: Uint8Array, start: number, end: number): number {
  const value = scanFloat(bytes, start, end);
  return cursor.at === end ? value : NaN;
}

/**
 * The whole number that begins at `start`, without sign, or -1 if none begins there or it is above 2^31 - 1. {@link cursor} is
 * at its end.
 */
export function scanWhole(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  let value = 0;
  for (const near = Math.min(end, start + SMALL_DIGITS); i < near; i++) {
    const digit = (bytes[i]! - ZERO) >>> 0;
    if (digit > 9) break;
    value = (Math.imul(value, 10) + digit) | 0;
  }
  if (i - start === SMALL_DIGITS) {
    for (; i < end; i++) {
      const digit = bytes[i]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
  }
  cursor.at = i;
  return i === start || value >= 2 ** 31 ? -1 : value;
}

/** The whole number that all bytes from `start` to `end` write, without sign, or -1. */
export function parseWhole(bytes: Uint8Array, start: number, end: number): number {
  const value = scanWhole(bytes, start, end);
  return cursor.at === end ? value : -1;
}

/** Whether a byte separates numbers: a space or a tab. A carriage return does only before a line feed: the line ends there. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** Where the next blank is, from `start` on and before `end`, or `end`. */
export function skipToBlank(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== SPACE && bytes[i] !== TAB) i++;
  return i;
}

/** Where the next byte is that is not blank, from `start` on and before `end`, or `end`. */
export function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
  return i;
}

/** Where the blanks begin that end at `end`, or `start`. */
export function skipBlanksBack(bytes: Uint8Array, start: number, end: number): number {
  let i = end;
  while (i > start && isBlank(bytes[i - 1])) i--;
  return i;
}
