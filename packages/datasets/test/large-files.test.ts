/** Files and streams of more than 2 GiB, whose offsets 32 bits with a sign do not hold. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { loadLibsvm, loadRatings, loadWordVectors, loadXc, readBytes } from '../src/index.ts';
import { temporaryFolder } from './helpers/temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Offsets from here on are negative where they are taken for 32 bits with a sign. */
const FAR = 2 ** 31 + 4096;

/** A stored file of a zip archive: what stands before it, and in the directory. */
function zipEntry(name: string, content: Uint8Array, offset: number): { local: Buffer; central: Buffer } {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);
  const central = Buffer.alloc(46);
  central.write('PK\x01\x02', 'latin1');
  common.copy(central, 6);
  central.writeUInt32LE(offset, 42);
  const local = [Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), content];
  return { local: Buffer.concat(local), central: Buffer.concat([central, Buffer.from(name)]) };
}

it('reads a file of a zip archive from beyond 2 GiB', async () => {
  const path = join(temporaryFolder(), 'sparse.zip');
  const near = zipEntry('near.txt', bytes('near'), 0);
  const far = zipEntry('far.txt', bytes('far'), FAR);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(2, 8);
  end.writeUInt16LE(2, 10);
  end.writeUInt32LE(near.central.length + far.central.length, 12);
  end.writeUInt32LE(FAR + far.local.length, 16);
  const file = openSync(path, 'w');
  writeSync(file, near.local);
  // What is not written between takes no room.
  ftruncateSync(file, FAR);
  const tail = Buffer.concat([far.local, near.central, far.central, end]);
  writeSync(file, tail, 0, tail.length, FAR);
  closeSync(file);
  for (const name of ['near', 'far']) {
    expect(new TextDecoder().decode(await readBytes(path, { entry: `${name}.txt` }))).toBe(name);
  }
});

/** Bytes of a line that is mostly padding, lines of more than 2 GiB, and memory that reading them may add. */
const PADDED = 2 ** 20;
const LINES = 2 ** 11 + 3;
const MOST_MEMORY = 300e6;

/** Lines that begin and end as said, with padding between, in chunks of one and a half. */
async function* padded(
  header: string,
  line: (row: number) => readonly [string, string, string],
): AsyncGenerator<Uint8Array> {
  yield bytes(header);
  const chunk = new Uint8Array(1.5 * PADDED);
  let used = 0;
  for (let row = 0; row < LINES; row++) {
    const [before, padding, after] = line(row);
    const text = bytes(`${before}${padding}${padding}${after}\n`);
    const whole = new Uint8Array(PADDED).fill(padding.charCodeAt(0));
    whole.set(text.subarray(0, before.length));
    whole.set(text.subarray(text.length - after.length - 1), PADDED - after.length - 1);
    for (let at = 0; at < PADDED;) {
      const count = Math.min(PADDED - at, chunk.length - used);
      chunk.set(whole.subarray(at, at + count), used);
      at += count;
      used += count;
      if (used < chunk.length) continue;
      yield chunk;
      used = 0;
    }
  }
  yield chunk.subarray(0, used);
}

type Padded = AsyncIterable<Uint8Array>;
const FULL = process.env['HASHGRAD_FULL'] === '1';

it.runIf(FULL).each<[string, Padded, (stream: Padded) => Promise<number>]>([
  [
    'LIBSVM, in comments',
    padded('', (row) => [`${row % 2} ${row + 1}:1 #`, '-', '']),
    async (stream) => (await loadLibsvm(stream)).columns,
  ],
  [
    'XC, before and after features',
    padded(`${LINES} ${LINES} 2\n`, (row) => [`1 ${row}:1`, ' ', row > 0 ? `${row - 1}:2` : '']),
    async (stream) => (await loadXc({ train: stream, test: bytes(`1 ${LINES} 2\n0 1:1\n`) })).train.rows,
  ],
  [
    'ratings, in a column that is passed over',
    padded('', (row) => [`${row},1,4,`, 'x', ',9']),
    async (stream) => (await loadRatings(stream)).users,
  ],
  [
    'word vectors, between numbers',
    padded('', (row) => [`w${row} 0.5`, ' ', `${row}`]),
    async (stream) => (await loadWordVectors(stream)).words.length,
  ],
])(
  'reads a stream of more than 2 GiB in little memory: %s',
  { timeout: 600_000 },
  async (_, stream, load) => {
    const before = process.memoryUsage.rss();
    let [read, most] = [0, 0];
    async function* watched(): Padded {
      for await (const chunk of stream) {
        read += chunk.length;
        most = Math.max(most, process.memoryUsage.rss() - before);
        yield chunk;
      }
    }
    expect(await load(watched())).toBe(LINES);
    expect(read).toBeGreaterThan(2 ** 31);
    expect(most).toBeLessThan(MOST_MEMORY);
  },
);

it.runIf(FULL)(
  'reads a file of more than 2 GiB to its last line, and names the line and column of an error there',
  { timeout: 600_000 },
  async () => {
    const path = join(temporaryFolder(), 'large.libsvm');
    const file = openSync(path, 'w');
    for await (const chunk of padded('', () => ['1 1:1 #', '-', ''])) writeSync(file, chunk);
    writeSync(file, bytes('0 7:1'));
    const { rows, columns } = await loadLibsvm(path);
    expect([rows, columns]).toEqual([LINES + 1, 7]);
    writeSync(file, bytes(' 8:x'));
    closeSync(file);
    await expect(loadLibsvm(path)).rejects.toThrow(`line ${LINES + 1}, column 7: expected a feature`);
  },
);
