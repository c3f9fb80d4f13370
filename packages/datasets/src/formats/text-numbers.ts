const [PLUS, MINUS, DOT, ZERO, NINE, UPPER_E, LOWER_E] = [0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x45, 0x65];

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * The whole number written by the bytes from `start` to `end`, without sign, or -1 if they write none or it is above 2^31 - 1.
 */
export function parseWhole(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || end - start > 10) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < ZERO || byte > NINE) return -1;
    value = value * 10 + byte - ZERO;
  }
  return value < 2 ** 31 ? value : -1;
}

/**
 * The number written by the bytes from `start` to `end` (decimal, with sign, fraction and exponent if it likes), or NaN if
 * they write none. The same value that `Number` gives, without a string a number: the files have up to a billion of them.
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === MINUS;
  if (i < end && (negative || bytes[i] === PLUS)) i++;
  let mantissa = 0;
  let digits = 0;
  let exponent = 0;
  let afterDot = false;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + byte - ZERO;
      digits++;
      if (afterDot) exponent--;
    } else if (byte === DOT && !afterDot) {
      afterDot = true;
    } else {
      break;
    }
  }
  if (digits === 0) return NaN;
  if (i < end) {
    if (bytes[i] !== LOWER_E && bytes[i] !== UPPER_E) return NaN;
    i++;
    const down = bytes[i] === MINUS;
    if (i < end && (down || bytes[i] === PLUS)) i++;
    const written = parseWhole(bytes, i, end);
    if (written < 0) return NaN;
    exponent += down ? -written : written;
  }
  // Exact operands and one rounding give the nearest double; anything else is left to the platform.
  if (digits <= 15 && exponent >= -22 && exponent <= 22) {
    const size = exponent < 0 ? mantissa / POWERS[-exponent]! : mantissa * POWERS[exponent]!;
    return negative ? -size : size;
  }
  return Number(textOf(bytes, start, end));
}

/** The bytes as text, for parsing and for error messages. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder().decode(bytes.subarray(start, end));
}

/** The end of the line that begins at `start`: where its line feed is, or the end of the bytes. */
export function lineEnd(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(0x0a, start);
  return end < 0 ? bytes.length : end;
}

/** Whether a byte separates numbers: space, tab, or the carriage return of a line that ends as on Windows. */
export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

/** Where the next blank is, from `start` on and before `end`, or `end`. */
export function skipToBlank(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && !isBlank(bytes[i])) i++;
  return i;
}

/** Where the next byte is that is not blank, from `start` on and before `end`, or `end`. */
export function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && isBlank(bytes[i])) i++;
  return i;
}
