/** Unpacks zlib's format, with its checksum, where there is nothing but a browser. */
export async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const unpacked = new Response(packed.pipeThrough(new DecompressionStream('deflate')));
  return new Uint8Array(await unpacked.arrayBuffer());
}
