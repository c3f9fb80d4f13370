/**
 * Bytes that are made of others which they are much alike. A delta is pieces, one after the other, each of: the number of
 * bytes that are new, and these; how far after the end of the last copy the next one begins in `source` (doubled; where
 * it begins before that, doubled less one); the number of bytes to copy. Numbers have seven bits a byte, the lowest
 * first; the highest bit says that more follow.
 */
export function applyDelta(source: Uint8Array, delta: Uint8Array): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = delta[at++] as number;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  for (let end = 0; at < delta.length;) {
    const fresh = number();
    pieces.push(delta.subarray(at, at + fresh));
    at += fresh;
    const skip = number();
    const from = end + (skip % 2 === 0 ? skip / 2 : -(skip + 1) / 2);
    end = from + number();
    pieces.push(source.subarray(from, end));
  }
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let filled = 0;
  for (const piece of pieces) {
    out.set(piece, filled);
    filled += piece.length;
  }
  return out;
}
