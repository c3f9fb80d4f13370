/** Longest message, so that one fits a line or two of a terminal whatever a file holds. */
const LONGEST = 200;

/** Longest excerpt of a file that a message quotes. */
const EXCERPT = 40;

/**
 * An error about data: one line of at most 200 characters that begins with what the data is called, and has no control
 * characters. Where it would be longer, the beginning of `source` is left out: the end of a path says more.
 *
 * @param source What the data is called; a path, say.
 * @param what Where in the data what was expected and found, as a sentence or its end.
 */
export function complaint(source: string, what: string, cause?: unknown): Error {
  const says = clip(printable(what), LONGEST - 20);
  const room = LONGEST - says.length - 2;
  const called = printable(source);
  const shown = called.length > room ? `…${called.slice(called.length - room + 1)}` : called;
  return new Error(`${shown}: ${says}`, cause === undefined ? undefined : { cause });
}

/** The bytes from `start` to `end` in quotes for a message: as text, cut after 40 characters, control characters escaped. */
export function quote(bytes: Uint8Array, start: number = 0, end: number = bytes.length): string {
  // A character takes up to 4 bytes; a longer excerpt is cut anyway.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    bytes.subarray(start, Math.min(end, start + 4 * EXCERPT)),
  );
  const whole = printable(text);
  const cut = whole.length > EXCERPT || end - start > 4 * EXCERPT;
  return cut ? `"${whole.slice(0, EXCERPT)}…"` : `"${whole}"`;
}

/** What an error from elsewhere says, without a full stop at its end. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.replace(/\.\s*$/, '');
}

/** Two digits a byte, as dumps have them. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Control characters, also those of Unicode that end lines or turn their direction, as \x.. and \u.... */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029\p{Cs}\uFFFD]/gu, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 2)}….` : text;
}
