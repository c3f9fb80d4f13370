/**
 * bzip2, block by block and with all its checksums. (The libraries for it hold a block's output as a list of numbers, or need
 * the whole file at once; and none of them is kept up.)
 */
import { joined } from './joined.ts';
import type { ByteSource } from './source.ts';

/** Bytes of a block before Burrows and Wheeler's transform, for each level from 1 to 9. */
const BLOCK_BYTES = 100_000;

/** No packed block is longer: its symbols take 20 bits at most, and its tables 20 KB. */
const LONGEST_BLOCK = Math.ceil((9 * BLOCK_BYTES * 20) / 8) + 40_000;

/** Symbols that are coded by one table before the next is chosen. */
const GROUP = 50;
const LONGEST_CODE = 20;

/** Unpacked bytes that are handed over at a time. */
const CHUNK = 2 ** 18;

const TRUNCATED = 'unexpected end of file';

/** Streams of bzip2, one after the other, to the end of the source. */
export async function* unbzip2(source: ByteSource): AsyncGenerator<Uint8Array> {
  const bits = new Bits();
  for (let stream = 0; ; stream++) {
    await bits.fill(source, 4);
    if (stream > 0 && bits.isAtEnd()) return;
    const level = bits.take(24) === 0x42_5a_68 ? bits.take(8) - 0x30 : 0;
    if (level < 1 || level > 9) {
      throw new Error(stream === 0 ? 'it has no header of bzip2' : 'something else follows its end');
    }
    let checksum = 0;
    for (;;) {
      await bits.fill(source, LONGEST_BLOCK);
      const mark = bits.take(24) * 2 ** 24 + bits.take(24);
      const expected = ((bits.take(16) << 16) | bits.take(16)) >>> 0;
      if (mark === 0x17_72_45_38_50_90) {
        if (expected !== checksum) throw new Error('its checksum is wrong');
        bits.toByte();
        break;
      }
      if (mark !== 0x31_41_59_26_53_59) {
        throw new Error(bits.isBeyond() ? TRUNCATED : 'a block does not begin as one');
      }
      const block = readBlock(bits, level * BLOCK_BYTES);
      let crc = 0xffff_ffff;
      for (const chunk of restore(block)) {
        crc = checksumOf(chunk, crc);
        yield chunk;
      }
      crc = ~crc >>> 0;
      if (crc !== expected) throw new Error("a block's checksum is wrong");
      checksum = (((checksum << 1) | (checksum >>> 31)) ^ crc) >>> 0;
    }
  }
}

/** Bits, the highest of a byte first. */
class Bits {
  bytes: Uint8Array = new Uint8Array(0);
  /** The next bit, from the first of `bytes`. */
  at = 0;

  /** Has `count` bytes ready from here on, or all that there are. */
  async fill(source: ByteSource, count: number): Promise<void> {
    const parts = [this.bytes.subarray(this.at >>> 3)];
    let length = parts[0]!.length;
    if (length >= count) return;
    for (let more; length < count && (more = await source.next()) !== undefined; length += more.length)
      parts.push(more);
    this.bytes = joined(parts);
    this.at &= 7;
  }

  /** The next bits as a number; zeros where the bytes have ended. */
  take(count: number): number {
    let value = 0;
    for (let left = count; left > 0;) {
      const inByte = 8 - (this.at & 7);
      const taken = Math.min(left, inByte);
      const byte = this.bytes[this.at >>> 3] ?? 0;
      value = (value << taken) | ((byte >>> (inByte - taken)) & ((1 << taken) - 1));
      this.at += taken;
      left -= taken;
    }
    return value >>> 0;
  }

  toByte(): void {
    this.at = (this.at + 7) & ~7;
  }

  isAtEnd(): boolean {
    return this.at === 8 * this.bytes.length;
  }

  isBeyond(): boolean {
    return this.at > 8 * this.bytes.length;
  }
}

/** A block as the transform left it: its bytes in the order of their followers, and where the first is. */
interface Block {
  readonly bytes: Uint8Array;
  readonly first: number;
}

function readBlock(bits: Bits, most: number): Block {
  if (bits.take(1) !== 0) throw new Error('it was made by bzip2 before 0.9.5, which is not read');
  const first = bits.take(24);
  const used = readAlphabet(bits);
  const tableCount = bits.take(3);
  const selectorCount = bits.take(15);
  if (used.length === 0 || tableCount < 2 || tableCount > 6 || selectorCount === 0) throw damaged(bits);
  const selectors = readSelectors(bits, selectorCount, tableCount);
  const tables = Array.from({ length: tableCount }, () => readTable(bits, used.length + 2));
  const bytes = readSymbols(bits, selectors, tables, used, most);
  if (bits.isBeyond() || first >= bytes.length) throw damaged(bits);
  return { bytes, first };
}

function damaged(bits: Bits): Error {
  return new Error(bits.isBeyond() ? TRUNCATED : 'a block is damaged');
}

/** The bytes that occur in the block: 16 bits say in which sixteenths there are any. */
function readAlphabet(bits: Bits): Uint8Array {
  const sixteenths = bits.take(16);
  const used = new Uint8Array(256);
  let count = 0;
  for (let high = 0; high < 16; high++) {
    if (((sixteenths >>> (15 - high)) & 1) === 0) continue;
    const present = bits.take(16);
    for (let low = 0; low < 16; low++) if ((present >>> (15 - low)) & 1) used[count++] = 16 * high + low;
  }
  return used.subarray(0, count);
}

/** Which table each group of symbols has, moved to the front and in unary. */
function readSelectors(bits: Bits, count: number, tables: number): Uint8Array {
  const order = Uint8Array.from({ length: tables }, (_, table) => table);
  const selectors = new Uint8Array(count);
  for (let group = 0; group < count; group++) {
    let place = 0;
    while (bits.take(1) === 1) if (++place >= tables) throw damaged(bits);
    const table = order[place]!;
    order.copyWithin(1, 0, place);
    order[0] = table;
    selectors[group] = table;
  }
  return selectors;
}

/** A canonical Huffman code: by length, the end of its codes (in 20 bits) and what leads from a code to its symbol. */
interface Table {
  readonly ends: Int32Array;
  readonly shifts: Int32Array;
  readonly symbols: Uint16Array;
}

function readTable(bits: Bits, symbolCount: number): Table {
  const lengths = new Uint8Array(symbolCount);
  let length = bits.take(5);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    for (;;) {
      if (length < 1 || length > LONGEST_CODE) throw damaged(bits);
      if (bits.take(1) === 0) break;
      length += bits.take(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  const ends = new Int32Array(LONGEST_CODE + 1);
  const shifts = new Int32Array(LONGEST_CODE + 1);
  const symbols = new Uint16Array(symbolCount);
  let [code, count] = [0, 0];
  for (let size = 1; size <= LONGEST_CODE; size++) {
    shifts[size] = count - code;
    for (let symbol = 0; symbol < symbolCount; symbol++) {
      if (lengths[symbol] !== size) continue;
      symbols[count++] = symbol;
      code++;
    }
    ends[size] = Math.min(code, 2 ** size) << (LONGEST_CODE - size);
    code <<= 1;
  }
  return { ends, shifts, symbols };
}

/** Undoes Huffman's code, runs, and moving to the front. */
function readSymbols(
  bits: Bits,
  selectors: Uint8Array,
  tables: readonly Table[],
  used: Uint8Array,
  most: number,
): Uint8Array {
  const { bytes: packed } = bits;
  const front = used.slice();
  const endOfBlock = used.length + 1;
  const bytes = new Uint8Array(most);
  let { at } = bits;
  let length = 0;
  let [run, weight] = [0, 1];
  for (const selector of selectors) {
    const { ends, shifts, symbols } = tables[selector]!;
    for (let left = GROUP; left > 0; left--) {
      const byte = at >>> 3;
      const word =
        (packed[byte]! << 24) | (packed[byte + 1]! << 16) | (packed[byte + 2]! << 8) | packed[byte + 3]!;
      const ahead = (word << (at & 7)) >>> (32 - LONGEST_CODE);
      let size = 1;
      while (size <= LONGEST_CODE && ahead >= ends[size]!) size++;
      const symbol = symbols[(ahead >>> (LONGEST_CODE - size)) + shifts[size]!];
      at += size;
      bits.at = at;
      if (size > LONGEST_CODE || symbol === undefined) throw damaged(bits);
      if (symbol < 2) {
        // Runs are written in base 2 with the digits 1 and 2.
        run += weight << symbol;
        weight <<= 1;
        if (run > most) throw damaged(bits);
        continue;
      }
      if (run > 0) {
        if (length + run > most) throw damaged(bits);
        bytes.fill(front[0]!, length, length + run);
        length += run;
        run = 0;
        weight = 1;
      }
      if (symbol === endOfBlock) return bytes.subarray(0, length);
      if (length === most) throw damaged(bits);
      const place = symbol - 1;
      const value = front[place]!;
      front.copyWithin(1, 0, place);
      front[0] = value;
      bytes[length++] = value;
    }
  }
  throw damaged(bits);
}

/** Undoes Burrows and Wheeler's transform, and the runs of up to 259 bytes before it. */
function* restore({ bytes, first }: Block): Generator<Uint8Array> {
  const starts = new Int32Array(257);
  for (const byte of bytes) starts[byte + 1]!++;
  for (let byte = 0; byte < 256; byte++) starts[byte + 1]! += starts[byte]!;
  // Follower in the high bits, byte in the lowest eight.
  const chain = new Uint32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) chain[starts[bytes[i]!]!++]! |= i << 8;
  for (let i = 0; i < bytes.length; i++) chain[i] = (chain[i]! & 0xffff_ff00) | bytes[i]!;
  let out = new Uint8Array(CHUNK + 255);
  let length = 0;
  let [previous, repeated] = [-1, 0];
  let place = chain[first]! >>> 8;
  for (let left = bytes.length; left > 0; left--) {
    const link = chain[place]!;
    const byte = link & 0xff;
    place = link >>> 8;
    if (repeated === 4) {
      out.fill(previous, length, length + byte);
      length += byte;
      repeated = 0;
      previous = -1;
    } else {
      repeated = byte === previous ? repeated + 1 : 1;
      previous = byte;
      out[length++] = byte;
    }
    if (length >= CHUNK) {
      yield out.subarray(0, length);
      out = new Uint8Array(CHUNK + 255);
      length = 0;
    }
  }
  if (length > 0) yield out.subarray(0, length);
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc;
});

function checksumOf(bytes: Uint8Array, before: number): number {
  let crc = before;
  for (let i = 0; i < bytes.length; i++) crc = (crc << 8) ^ CRC[((crc >>> 24) ^ bytes[i]!) & 0xff]!;
  return crc;
}
