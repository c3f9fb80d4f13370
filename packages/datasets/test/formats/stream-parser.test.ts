/** What holds for all formats that are read piece by piece from files, whose buffers are used again and again. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { loadLibsvm, loadRatings, parseLibsvm, parseRatings } from '../../src/index.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** Lines of many lengths, more than several buffers hold. */
const LIBSVM = Array.from(new Uint8Array(40_000).keys(), (row) => {
  const features = Array.from(
    { length: 1 + (row % 9) },
    (_, i) => `${1 + 7 * i + (row % 5)}:${row % 101}.${i}`,
  );
  return `${row % 3} ${features.join(' ')}\n`;
}).join('');
const RATINGS = Array.from(
  { length: 100_000 },
  (_, i) => `${(i * 7919) % 4_001},${Math.floor(i / 4_001)},${(i % 10) / 2},${i}\n`,
).join('');

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// The first test: no buffers of files are at hand yet.
it('leaves the chunks of a stream as they are', async () => {
  const chunk = new Uint8Array(2 ** 18).fill(0x20);
  chunk.set(bytes('0 1:1\n'));
  const before = chunk.slice();
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield chunk;
  }
  await loadLibsvm(pieces());
  await loadLibsvm(join(temporaryFolder({ 'b.libsvm': LIBSVM }), 'b.libsvm'));
  expect(isDeepStrictEqual(chunk, before)).toBe(true);
});

it('reads several files at once as each alone', async () => {
  expect(LIBSVM.length).toBeGreaterThan(2 ** 20);
  const folder = temporaryFolder({ 'a.libsvm': LIBSVM, 'a.csv': RATINGS });
  const [libsvm, ratings] = [join(folder, 'a.libsvm'), join(folder, 'a.csv')];
  const whole = [parseLibsvm(bytes(LIBSVM)), parseRatings(bytes(RATINGS))];
  const read = await Promise.all([
    loadLibsvm(libsvm),
    loadRatings(ratings),
    loadLibsvm(libsvm),
    loadRatings(ratings),
  ]);
  expect(isDeepStrictEqual(read, [...whole, ...whole])).toBe(true);
});

it('reads what comes in pieces of any size as in one', async () => {
  const all = bytes(LIBSVM);
  const whole = parseLibsvm(all);
  for (const size of [1_000, 65_536, 300_000, all.length]) {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
    }
    expect(isDeepStrictEqual(await loadLibsvm(pieces()), whole)).toBe(true);
  }
});
