import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasets } from '@hashgrad/datasets';
import { afterAll, describe, expect, test } from 'vitest';
import { hashgrad } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'hashgrad-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command with a folder of data of its own. */
const data = (...args: string[]): ReturnType<typeof hashgrad> =>
  hashgrad(folder, ['data', ...args], { HASHGRAD_DATA: folder, XDG_CACHE_HOME: folder });

const PLAYS = 'First Citizen:\n';
mkdirSync(join(folder, 'tiny-shakespeare'));
writeFileSync(join(folder, 'tiny-shakespeare', 'input.txt'), PLAYS);

describe('hashgrad data', () => {
  test('lists all sets, those of a kind, and all about one', () => {
    const { out, code } = data('list');
    expect(code).toBe(0);
    for (const { name } of datasets()) expect(out).toContain(name);
    expect(data('list', 'words').out).not.toContain('mnist');
    const about = data('list', 'mnist').out;
    for (const part of [
      '60,000 + 10,000 rows, 28 x 28, 10 classes',
      'train-images-idx3-ubyte.gz, 9,912,422 bytes: sha256 440fcabf',
      'LeCun',
      'https://',
    ]) {
      expect(about).toContain(part);
    }
    expect(JSON.parse(data('list', 'mnist', '--json').out)).toEqual(
      datasets().filter(({ name }) => name === 'mnist'),
    );
    const none = data('list', 'minst');
    expect([none.code, none.error]).toEqual([
      1,
      expect.stringContaining('There is no data set "minst", and no kind; kinds are images'),
    ]);
  });

  test('says where files are, and what is to be done where they are not', () => {
    const path = join(folder, 'tiny-shakespeare', 'input.txt');
    expect(data('path', 'tiny-shakespeare').out.trim()).toBe(path);
    expect(data('get', 'tiny-shakespeare').out).toContain('1 file, here already');
    expect(data('get', 'convex-generated').out).toContain('has no files');
    const missing = data('path', 'mnist');
    expect([missing.code, missing.out]).toEqual([1, '']);
    expect(missing.error).toContain(`which is not in ${join(folder, 'mnist')}.`);
    const byHand = data('get', 'eurlex-4k');
    expect(byHand.code).toBe(1);
    expect(byHand.error).toMatch(
      /^hashgrad: eurlex-4k needs train\.txt.*Download "BoW Features" of EURLex-4K from http.*\n$/,
    );
  });

  test('tells wrong and missing files by exit code 2', () => {
    const { code, out, error } = data('verify', 'tiny-shakespeare', 'mnist', 'planted-labels');
    expect(code).toBe(2);
    expect(error).toBe('hashgrad: 5 files wrong or missing.\n');
    expect(out).toMatch(/wrong {6}.*input\.txt: sha256 [0-9a-f]{64}, not 86c4e6aa/);
    expect(out.match(/missing {4}/g)).toHaveLength(4);
    expect(out).toContain('planted-labels: is made when it is loaded, and has no files');
  });
});
