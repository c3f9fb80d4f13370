import { describe, expect, it } from 'vitest';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { parseWordVectors, wordVectors } from '../../src/index.ts';
import type { WordVectors, WordVectorsOptions } from '../../src/index.ts';
import { realData, realPath } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const TEXT = 'the -0.5 1e-3 2\n<user> 3 -4 5\r\nñandú 0 0 1\n';
const EXPECTED: WordVectors = {
  words: ['the', '<user>', 'ñandú'],
  dimensions: 3,
  vectors: Float32Array.of(-0.5, 1e-3, 2, 3, -4, 5, 0, 0, 1),
};

const parse = (text: string, options: WordVectorsOptions = {}): WordVectors =>
  parseWordVectors(new TextEncoder().encode(text), { source: 'w.txt', ...options });

describe('parseWordVectors', () => {
  it("reads GloVe's text, and word2vec's with its header", () => {
    expect(parse(TEXT)).toEqual(EXPECTED);
    expect(parse(`3 3 \n${TEXT}\n`)).toEqual(EXPECTED);
    expect(parse(TEXT, { limit: 2 })).toEqual({
      ...EXPECTED,
      words: EXPECTED.words.slice(0, 2),
      vectors: EXPECTED.vectors.slice(0, 6),
    });
  });

  it.each([
    ['', 'w.txt: expected a word and its numbers a line, found none.'],
    ['a\n', 'w.txt: line 1: expected some numbers, found 0.'],
    ['a 1 2\nb 1\n', 'w.txt: line 2: expected 2 numbers, found 1.'],
    ['2 3\na 1 2\n', 'w.txt: line 2: expected 3 numbers, found 2.'],
    ['a 1 x2\n', 'w.txt: line 1, column 5: expected a finite number, found "x2".'],
    ['a 1 1e99\n', 'w.txt: line 1, column 5: expected a finite number, found "1e99".'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(new Error(message));
  });

  it('refuses a limit below 1', () => {
    expect(() => parse(TEXT, { limit: 0 })).toThrow(
      new RangeError('The limit of words is 1 or more; got 0.'),
    );
  });
});

describe('wordVectors', () => {
  it('reads files as they are, gzipped and packed by brotli', () => {
    const folder = temporaryFolder({
      'a.txt': TEXT,
      'b.txt.gz': gzipSync(TEXT),
      'c.txt.br': brotliCompressSync(TEXT),
    });
    for (const name of ['a.txt', 'b.txt.gz', 'c.txt.br'])
      expect(wordVectors(`${folder}/${name}`)).toEqual(EXPECTED);
  });

  it.skipIf(!realData)('reads vectors of GloVe', () => {
    const { words, dimensions, vectors } = wordVectors(
      realPath('word-vectors', 'glove.twitter.27B.25d.top12k.txt.br'),
    );
    expect([words.length, dimensions, vectors.length]).toEqual([11_925, 25, 11_925 * 25]);
    expect(words).toContain('the');
  });
});
