import { describe, expect, it } from 'vitest';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { loadWordVectors, parseWordVectors } from '../../src/index.ts';
import type { WordVectors, WordVectorsOptions } from '../../src/index.ts';
import { zipOf } from '../helpers/packed.ts';
import { realData, realPath } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const TEXT = 'the -0.5 1e-3 2\n<user> 3 -4 5\r\nñandú 0 0 1\n';
const EXPECTED: WordVectors = {
  words: ['the', '<user>', 'ñandú'],
  dimensions: 3,
  vectors: Float32Array.of(-0.5, 1e-3, 2, 3, -4, 5, 0, 0, 1),
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string | Uint8Array, options: WordVectorsOptions = {}): WordVectors =>
  parseWordVectors(typeof text === 'string' ? bytes(text) : text, { source: 'w.txt', ...options });

/** As word2vec's C code writes it; newer writers leave out the ends of lines. */
function binary(
  { words, dimensions, vectors }: WordVectors,
  lineEnd = '\n',
  count = words.length,
): Uint8Array {
  const parts: Uint8Array[] = [bytes(`${count} ${dimensions}\n`)];
  for (const [i, word] of words.entries()) {
    const vector = vectors.slice(i * dimensions, (i + 1) * dimensions);
    parts.push(bytes(`${word} `), new Uint8Array(vector.buffer), bytes(lineEnd));
  }
  return Uint8Array.from(Buffer.concat(parts));
}

async function* pieces(all: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

describe('parseWordVectors', () => {
  it("reads GloVe's text, and word2vec's with its header", () => {
    expect(parse(TEXT)).toEqual(EXPECTED);
    expect(parse(`3 3 \n${TEXT}\n`)).toEqual(EXPECTED);
    expect(parse(`\uFEFF${TEXT}`)).toEqual(EXPECTED);
    expect(parse(TEXT, { limit: 2 })).toEqual({
      ...EXPECTED,
      words: EXPECTED.words.slice(0, 2),
      vectors: EXPECTED.vectors.slice(0, 6),
    });
  });

  it('takes the last numbers of a line for the vector: words may hold blanks, as some of GloVe 840B do', () => {
    const rows = 'the 0.1 0.2 0.3\n. . . 0.4 0.5 0.6\nat name@domain.com 1 2 3\n1 000 0.4 0.5 0.6\n';
    const words = ['the', '. . .', 'at name@domain.com', '1 000'];
    expect(parse(rows).words).toEqual(words);
    expect(parse(`4 3\n${rows}`).words).toEqual(words);
    expect([...parse(rows).vectors].slice(3, 6)).toEqual([0.4, 0.5, 0.6].map(Math.fround));
    expect(parse('1 000 0.4 0.5 0.6\nthe 0.1 0.2 0.3\n', { dimensions: 3 }).words).toEqual(['1 000', 'the']);
  });

  it("reads word2vec's binary format, with ends of lines or without", () => {
    for (const lineEnd of ['\n', '']) {
      expect(parse(binary(EXPECTED, lineEnd))).toEqual(EXPECTED);
      expect(parse(binary(EXPECTED, lineEnd), { limit: 1 }).words).toEqual(['the']);
    }
  });

  it('tells words apart that differ in bytes alone, and refuses what is not UTF-8', () => {
    expect(parse('the 0.1\n\uFEFFthe 0.3\n').words).toEqual(['the', '\uFEFFthe']);
    const latin1 = Uint8Array.from(Buffer.from('caf\xe9 0.1 0.2\ncaf\xe8 0.3 0.4\n', 'latin1'));
    expect(() => parse(latin1)).toThrow(
      'w.txt: line 1, column 1: expected a word in UTF-8, found "caf\\ufffd".',
    );
    expect(parse(latin1, { badUtf8: 'replace' }).words).toEqual(['caf\uFFFD', 'caf\uFFFD']);
    const packed = binary({ words: ['ab'], dimensions: 1, vectors: Float32Array.of(1e-40) }, '');
    packed[4] = 0xff;
    expect(() => parse(packed)).toThrow('w.txt: byte 4: expected a word in UTF-8, found "\\ufffdb".');
  });

  it.each([
    ['', 'expected a word and its numbers a line, found none.'],
    ['a\n', 'line 1: expected a word and numbers, found "a".'],
    [
      'a 1 2\nb 1\n',
      'line 2: expected 2 numbers after a word, found 1 (if the first word holds blanks, say dimensions).',
    ],
    ['2 3\na 1 2\n', 'line 2: expected 3 numbers after a word, found 2.'],
    ['a 1 x2\n', 'line 1, column 5: expected a finite number, found "x2".'],
    ['a 1 1e99\n', 'line 1, column 5: expected a finite number, found "1e99".'],
    ['the 0.1 0.2\n  0.3 0.4\n', 'line 2, column 1: expected a word before its numbers, found none.'],
    [
      '2 4000000000\na 1\n',
      'line 1: expected numbers of words and dimensions from 1 to 2147483647, found "2 4000000000".',
    ],
    ['2 0\nthe 0.1\n', 'line 1: expected numbers of words and dimensions from 1 to 2147483647, found "2 0".'],
    [
      '5 2\nthe 0.1 0.2\na 0.3 0.4\n',
      'line 1 says 5 words, but the data ends after 2: is it cut short? With a limit it is read.',
    ],
    [
      '3 2\nthe 0.12345 0.23456\na 0.34567 0.4',
      'line 1 says 3 words, but the data ends after 2: is it cut short? With a limit it is read.',
    ],
    ['1 2\nthe 0.1 0.2\na 0.3 0.4\n', 'line 3: line 1 says 1 words, but there are more.'],
    [`w ${'x'.repeat(1e6)}\n`, `line 1, column 3: expected a finite number, found "${'x'.repeat(40)}…".`],
    ['<!DOCTYPE html>\n', 'expected word vectors, found an HTML or XML page, as servers send with an error.'],
  ])('refuses %#', (text, message) => {
    expect(() => parse(text)).toThrow(new Error(`w.txt: ${message}`));
  });

  it('reads what there is of a file whose header is wrong, with a limit', () => {
    expect(parse('5 2\nthe 0.1 0.2\na 0.3 0.4\n', { limit: 5 }).words).toEqual(['the', 'a']);
    expect(parse('1 2\nthe 0.1 0.2\na 0.3 0.4\n', { limit: 2 }).words).toEqual(['the', 'a']);
  });

  it('refuses binary data that is cut short, goes on, or has no finite numbers', () => {
    const whole = binary(EXPECTED);
    for (let length = 8; length < whole.length - 1; length++) {
      expect(() => parse(whole.subarray(0, length)), `${length} bytes`).toThrow(/^w\.txt: /);
    }
    expect(() => parse(binary(EXPECTED, '\n', 4))).toThrow(
      'w.txt: line 1 says 4 words, but the data ends after 3.',
    );
    expect(() => parse(binary(EXPECTED, '\n', 2))).toThrow('line 1 says 2 words, but more follows them.');
    const vectors = EXPECTED.vectors.slice();
    vectors[4] = NaN;
    expect(() => parse(binary({ ...EXPECTED, vectors }))).toThrow(
      'w.txt: byte 32: expected a finite number, found NaN.',
    );
  });

  it('refuses options that there are not', () => {
    expect(() => parse(TEXT, { limit: 0 })).toThrow(
      new RangeError('The limit of words is 1 or more; got 0.'),
    );
    expect(() => parse(TEXT, { dimensions: 0 })).toThrow('dimensions must be a whole number from 1 ');
    expect(() => parse(TEXT, { badUtf8: 'keep' as 'replace' })).toThrow(
      "badUtf8 is 'refuse' or 'replace'; got keep.",
    );
    expect(() => parse('1 3\na 1 2 3\n', { dimensions: 4 })).toThrow(
      'line 1: expected 4 dimensions, found 3.',
    );
  });
});

describe('loadWordVectors', () => {
  it('reads files as they are, and packed', async () => {
    const folder = temporaryFolder({
      'a.txt': TEXT,
      'b.txt.gz': gzipSync(TEXT),
      'c.txt.br': brotliCompressSync(TEXT),
      'd.zip': zipOf({ 'glove.txt': TEXT }),
      'e.bin.gz': gzipSync(binary(EXPECTED)),
    });
    for (const name of ['a.txt', 'b.txt.gz', 'c.txt.br', 'd.zip', 'e.bin.gz'])
      expect(await loadWordVectors(`${folder}/${name}`)).toEqual(EXPECTED);
  });

  it('reads pieces of any size, and no more of them than a limit needs', async () => {
    for (const data of [bytes(TEXT), binary(EXPECTED), binary(EXPECTED, '')]) {
      for (const size of [1, 7, 40]) expect(await loadWordVectors(pieces(data, size))).toEqual(EXPECTED);
    }
    let taken = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      const lines = bytes(`${'word 0.25 0.5\n'.repeat(2_000)}`);
      for (; taken < 1e9; taken += lines.length) yield lines;
    }
    const { words, vectors } = await loadWordVectors(endless(), { limit: 10_000 });
    expect([words.length, vectors.length, vectors[19_999]]).toEqual([10_000, 20_000, 0.5]);
    expect(taken).toBeLessThan(1_000_000);
  });

  it.skipIf(!realData)('reads vectors of GloVe', async () => {
    const { words, dimensions, vectors } = await loadWordVectors(
      realPath('word-vectors', 'glove.twitter.27B.25d.top12k.txt.br'),
    );
    expect([words.length, dimensions, vectors.length]).toEqual([11_925, 25, 11_925 * 25]);
    expect(words).toContain('the');
  });
});
