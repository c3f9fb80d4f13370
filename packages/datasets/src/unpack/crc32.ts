import { nodeModule } from '../node.ts';

/** The checksum of zip and gzip (CRC-32, ISO 3309), of bytes that come in pieces. */
export class Crc32 {
  #value = 0;

  /** Of all bytes so far. */
  get value(): number {
    return this.#value;
  }

  add(bytes: Uint8Array): void {
    const zlib = nodeModule('node:zlib');
    this.#value = zlib?.crc32 ? zlib.crc32(bytes, this.#value) : plainly(bytes, this.#value);
  }
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  return crc;
});

function plainly(bytes: Uint8Array, before: number): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}
