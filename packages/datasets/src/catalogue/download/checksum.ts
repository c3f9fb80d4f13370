import { nodeModule, requireNodeModule } from '../../node.ts';

/** How a checksum is computed. */
export type ChecksumAlgorithm = 'sha256' | 'sha1' | 'md5';

/** A checksum, and who says that it is right. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** In lower case. */
  readonly hex: string;
  /** 'read' where the file itself was read when the catalogue was made; else the address of the page that has it. */
  readonly source: string;
}

/** The checksum of a file's bytes, read piece by piece. Node only. */
export function digestOfFile(path: string, algorithm: ChecksumAlgorithm): Promise<string> {
  return digestOfPieces(requireNodeModule('node:fs').createReadStream(path), algorithm);
}

/** The checksum of bytes that come piece by piece. Node only. */
export async function digestOfPieces(
  pieces: AsyncIterable<Uint8Array>,
  algorithm: ChecksumAlgorithm,
): Promise<string> {
  const hash = requireNodeModule('node:crypto').createHash(algorithm);
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** The checksum of bytes; nothing where it cannot be computed, which is MD5 in a browser. */
export async function digestOfBytes(
  bytes: Uint8Array,
  algorithm: ChecksumAlgorithm,
): Promise<string | undefined> {
  const crypto = nodeModule('node:crypto');
  if (crypto) return crypto.createHash(algorithm).update(bytes).digest('hex');
  if (algorithm === 'md5') return undefined;
  const name = algorithm === 'sha256' ? 'SHA-256' : 'SHA-1';
  const digest = await globalThis.crypto.subtle.digest(name, bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
