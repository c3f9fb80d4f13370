/** Damaged and hostile safetensors files, made at random from good ones. */
import { crc32 } from 'node:zlib';

/** Random integers, from 0 to below. */
export type Draw = (below: number) => number;

const HEADER_START = '{"__metadata__":{"crc32":"';
const DIGITS = 8;

/** What no program would write where a number, a name or a list is. */
const HOSTILE: readonly unknown[] = [
  0,
  1,
  2,
  3,
  -1,
  1.5,
  255,
  2 ** 16,
  2 ** 28,
  2 ** 29,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  1e308,
  null,
  true,
  false,
  '',
  'reservoir',
  'fifo',
  'F32',
  'I32',
  'U8',
  '__proto__',
  [],
  [2 ** 31, 2],
  {},
];

/** Numbers of 32 bits that are out of most ranges, NaN and infinity among them. */
const WORDS: readonly number[] = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 0x7fc00000, 0x7f800000];

/** A file that differs from the good one, or seldom not: half of them have a checksum that agrees. */
export function mutant(good: Uint8Array, draw: Draw): Uint8Array {
  switch (draw(8)) {
    case 0:
      return flipped(good, 1 + draw(4), 0, draw);
    case 1:
      return good.slice(0, draw(good.length));
    case 2:
      return new Uint8Array([...good, ...Array.from({ length: 1 + draw(16) }, () => draw(256))]);
    case 3:
      return flipped(good, 1 + draw(8), 8, draw);
    case 4:
      return checked(edited(good, draw, words));
    default:
      return checked(edited(good, draw, header));
  }
}

/** With some bits of the bytes from `from` on the other way round. */
function flipped(good: Uint8Array, bits: number, from: number, draw: Draw): Uint8Array {
  const bytes = good.slice();
  for (let i = 0; i < bits; i++) bytes[from + draw(bytes.length - from)]! ^= 1 << draw(8);
  return bytes;
}

interface Parts {
  fields: Record<string, unknown>;
  data: Uint8Array;
}

function edited(good: Uint8Array, draw: Draw, edit: (parts: Parts, draw: Draw) => void): Uint8Array {
  const length = new DataView(good.buffer, good.byteOffset).getUint32(0, true);
  const text = new TextDecoder().decode(good.subarray(8, 8 + length));
  const parts = { fields: JSON.parse(text) as Record<string, unknown>, data: good.slice(8 + length) };
  for (let i = 0; i <= draw(3); i++) edit(parts, draw);
  const json = new TextEncoder().encode(JSON.stringify(parts.fields));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + parts.data.length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  bytes.set(parts.data, 8 + padded);
  return bytes;
}

/** Writes some words of the tensors anew. */
function words({ data }: Parts, draw: Draw): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 4) return;
  const word = draw(4) === 0 ? WORDS[draw(WORDS.length)]! : draw(6);
  view.setUint32(4 * draw(Math.floor(data.length / 4)), word, true);
}

/** Changes something of the header, or of the JSON that is one of its strings. */
function header({ fields }: Parts, draw: Draw): void {
  const metadata = fields['__metadata__'] as Record<string, unknown> | undefined;
  const own = Object.entries(metadata ?? {}).filter(([, value]) => String(value).startsWith('{'));
  const [key, text] = own[draw(Math.max(1, own.length))] ?? [];
  if (metadata && key !== undefined && draw(2) === 0) {
    const inner = JSON.parse(String(text)) as Record<string, unknown>;
    change(inner, draw);
    metadata[key] = JSON.stringify(draw(20) === 0 ? HOSTILE[draw(HOSTILE.length)] : inner);
  } else change(fields, draw);
}

/** Replaces, removes or renames a value somewhere in the object. */
function change(object: Record<string, unknown>, draw: Draw): void {
  const keys = Object.keys(object);
  const key = keys[draw(Math.max(1, keys.length))];
  if (key === undefined) return;
  const value = object[key];
  if (typeof value === 'object' && value !== null && draw(5) > 0) {
    change(value as Record<string, unknown>, draw);
    return;
  }
  if (typeof value === 'number' && draw(2) === 0) object[key] = value + draw(5) - 2;
  else if (draw(6) > 0) object[key] = HOSTILE[draw(HOSTILE.length)];
  else {
    delete object[key];
    if (draw(2) === 0) object[`${key}x`] = value;
  }
}

/** With the checksum that its bytes have, where there is room for one. */
function checked(bytes: Uint8Array): Uint8Array {
  const start = new TextDecoder().decode(bytes.subarray(8, 8 + HEADER_START.length));
  if (start !== HEADER_START) return bytes;
  const at = 8 + HEADER_START.length;
  bytes.fill(0x30, at, at + DIGITS);
  bytes.set(new TextEncoder().encode(crc32(bytes).toString(16).padStart(DIGITS, '0')), at);
  return bytes;
}
