/** How bytes are packed, as their beginning shows; archives hold files, the others one stream. */
export type Packing = 'gzip' | 'zip' | 'bzip2' | 'xz' | 'zstd' | 'tar';

/** Bytes that {@link packingOf} looks at. */
export const HEAD_BYTES = 512;

/** Beginnings of bzip2's first block, or of its end where there is none. */
const BZIP2_BLOCKS = [
  [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
] as const;

/**
 * How bytes are packed that begin with `head`, if they are. Brotli has no mark of its own, and is known by name only.
 */
export function packingOf(head: Uint8Array): Packing | undefined {
  if (begins(head, 0, [0x1f, 0x8b, 0x08])) return 'gzip';
  // A file's header, or the directory of an archive without files.
  if (begins(head, 0, [0x50, 0x4b, 0x03, 0x04]) || begins(head, 0, [0x50, 0x4b, 0x05, 0x06])) return 'zip';
  if (begins(head, 0, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) return 'xz';
  if (begins(head, 0, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd';
  const level = head[3] ?? 0;
  if (begins(head, 0, [0x42, 0x5a, 0x68]) && level >= 0x31 && level <= 0x39) {
    // Three letters and a digit may begin a text: the block that follows may not.
    if (BZIP2_BLOCKS.some((block) => begins(head, 4, block.slice(0, Math.max(0, head.length - 4))))) {
      return 'bzip2';
    }
  }
  if (begins(head, 257, [0x75, 0x73, 0x74, 0x61, 0x72])) return 'tar';
  return undefined;
}

/** What a message calls data that begins with `head`, if it is nothing that a parser of numbers would take. */
export function foreignKind(head: Uint8Array): string | undefined {
  const packing = packingOf(head);
  if (packing !== undefined)
    return packing === 'zip' || packing === 'tar' ? `a ${packing} archive` : `${packing} data`;
  if (begins(head, 0, [0x89, 0x48, 0x44, 0x46])) return 'an HDF5 file';
  if (begins(head, 0, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) return 'a NumPy file';
  if (begins(head, 0, [0x50, 0x41, 0x52, 0x31])) return 'a Parquet file';
  if (begins(head, 0, [0xff, 0xfe]) || begins(head, 0, [0xfe, 0xff])) return 'text in UTF-16';
  const text = new TextDecoder().decode(head.subarray(0, 100)).trimStart().toLowerCase();
  if (/^<(?:!doctype html|html|head|\?xml|!--)/.test(text))
    return 'an HTML or XML page, as servers send with an error';
  if (text.startsWith('version https://git-lfs')) return 'a pointer of Git LFS, not the file itself';
  return undefined;
}

function begins(bytes: Uint8Array, at: number, mark: readonly number[]): boolean {
  return bytes.length >= at + mark.length && mark.every((byte, i) => bytes[at + i] === byte);
}
