import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../src/records.ts';
import { record } from './synthetic.ts';

const cli = resolve(import.meta.dirname, '../src/cli.ts');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function hashgrad(args: readonly string[], environment: Record<string, string> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@hashgrad/source', cli, ...args],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', ...environment } },
  );
  return { code: status, out: stdout, error: stderr };
}

/** An IDX file: type 0x08 (bytes) or 0x0d (floats), the sizes, and the data. */
function idx(type: number, sizes: readonly number[], data: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt8(type, 2);
  header.writeUInt8(sizes.length, 3);
  sizes.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
  return Buffer.concat([header, data]);
}

/** A folder of four images a split in MNIST's layout, with the given file of training images. */
function imageFolder(name: string, trainImages: Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  const labels = idx(0x08, [4], Uint8Array.of(0, 1, 0, 1));
  writeFileSync(join(path, 'train-images-idx3-ubyte'), trainImages);
  writeFileSync(join(path, 'train-labels-idx1-ubyte'), labels);
  writeFileSync(join(path, 't10k-images-idx3-ubyte'), idx(0x08, [4, 2, 2], new Uint8Array(16)));
  writeFileSync(join(path, 't10k-labels-idx1-ubyte'), labels);
  return path;
}

function floats(values: readonly number[]): Uint8Array {
  const data = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => data.writeFloatBE(value, index * 4));
  return data;
}

function textFile(): string {
  writeFileSync(join(folder, 'empty.txt'), ' \n');
  return 'empty.txt';
}

describe('wrong input: exit code 1, one line, no stack', () => {
  const cases: [string, () => string[], RegExp][] = [
    [
      'unknown arm',
      () => ['study', '--arms', 'dense,lsj'],
      /There is no arm "lsj"; .* narrow, .*, lsh \(LSH\), .*\./,
    ],
    ['unknown option', () => ['study', '--arm', 'dense'], /unknown option '--arm'/],
    ['unknown command', () => ['stduy'], /unknown command 'stduy'/],
    [
      'unknown data set',
      () => ['study', '--dataset', 'mnits'],
      /no data set "mnits"; there are mnist-subset, /,
    ],
    ['data set without its folder', () => ['study', '--dataset', 'mnist'], /mnist needs a folder/],
    [
      'not a number',
      () => ['study', '--epochs', 'many'],
      /'--epochs <n>' .* 'many' is invalid.* whole number/,
    ],
    ['fraction', () => ['study', '--fractions', '5,500'], /"500" is not a per cent value/],
    ['missing folder', () => ['study', '--data', 'nowhere'], /There is no folder .*nowhere/],
    [
      'truncated IDX file',
      () => ['study', '--data', imageFolder('cut', idx(0x08, [4, 2, 2], new Uint8Array(9)))],
      /train-images-idx3-ubyte/,
    ],
    [
      'NaN image',
      () => [
        'study',
        '--data',
        imageFolder('nan', idx(0x0d, [4, 2, 2], floats([...Array.from({ length: 15 }, () => 0.5), NaN]))),
      ],
      /train-images-idx3-ubyte: /,
    ],
    ['unknown benchmark', () => ['bench', 'gem'], /no benchmark "gem"; the benchmarks are gemm, dense/],
    ['steps of nothing', () => ['bench', '--steps', '60'], /--steps needs the name of a benchmark/],
    [
      'steps of a benchmark without',
      () => ['bench', 'gemm', '--steps', '60'],
      /gemm takes no --steps; those that do are wide, growth/,
    ],
    [
      'unknown task',
      () => ['profile', '--task', 'wider'],
      /'--task <name>' .* 'wider' is invalid.* wide, mlp/,
    ],
    [
      'a fraction and a count',
      () => ['widths', '--fraction', '5', '--count', '9'],
      /'--fraction <n>' cannot be used with option '--count <n>'/,
    ],
    [
      'more active units than there are',
      () => ['widths', '--widths', '100,50', '--count', '60'],
      /60 active units were asked for, but the narrowest layer has 50/,
    ],
    [
      'unknown arm of outputs',
      () => ['outputs', '--arms', 'lhs'],
      /There is no arm "lhs"; the arms are full, /,
    ],
    ['missing text', () => ['outputs', '--text', 'none.txt'], /There is no file none\.txt/],
    [
      'text without words',
      () => ['outputs', '--text', textFile()],
      /empty\.txt: expected words that occur 5/,
    ],
    ['missing records', () => ['report', 'none.jsonl'], /There is no file none\.jsonl/],
  ];

  test.each(cases)('%s', (_, args, message) => {
    const { code, error } = hashgrad(args());
    expect(error).toMatch(message);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(error).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });

  test('HASHGRAD_DEBUG=1 shows the stack', () => {
    const { code, error } = hashgrad(['report', 'none.jsonl'], { HASHGRAD_DEBUG: '1' });
    expect(error).toMatch(/^\s+at .*store\.ts/m);
    expect(code).toBe(1);
  });
});

test('the help of study names the options and their defaults', () => {
  const { code, out } = hashgrad(['study', '--help']);
  expect(code).toBe(0);
  for (const option of [
    'dataset',
    'data',
    'arms',
    'fractions',
    'seeds',
    'epochs',
    'batch',
    'threads',
    'units',
    'rate',
    'out',
    'train',
    'test',
  ]) {
    expect(out).toContain(`--${option} <`);
  }
  for (const initial of [
    'mnist-subset',
    'dense,narrow,random,fixed,topK,lsh',
    '5,25',
    '1000,1000',
    '"results"',
  ]) {
    expect(out).toContain(initial);
  }
});

test('widths leaves records, a report and plots', () => {
  const data = ['--dataset', 'rectangles', '--train', '300', '--test', '60', '--widths', '32,64'];
  const training = ['--seeds', '1', '--epochs', '1', '--dense-batches', '256', '--fraction', '25'];
  const files = ['--out', 'widths', '--svg', 'widths'];
  const { code, out } = hashgrad(['widths', ...data, '--arms', 'dense,lsh', ...training, ...files]);
  expect(out).toMatch(/^│ 64 +│ dense, best batch \(\d+\) /m);
  expect(out).toMatch(/^lsh trains faster than dense at its best batch size: /m);
  expect(code).toBe(0);
  expect(readdirSync(join(folder, 'widths')).toSorted()).toEqual([
    'records.jsonl',
    'widths-accuracy.svg',
    'widths-time.svg',
    'widths.html',
    'widths.json',
  ]);
  const records = readFileSync(join(folder, 'widths', 'records.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunRecord);
  expect(records).toHaveLength(4);
  // The verdict is that of the records.
  const accuracyOf = (arm: string, width: number): number =>
    records.find((run) => run.arm === arm && run.units[1] === width)?.accuracy.full ?? NaN;
  const [narrow, wide] = [32, 64].map((width) => accuracyOf('lsh', width) >= accuracyOf('dense', width));
  const verdict = narrow
    ? wide
      ? 'at all of these widths'
      : 'at 32 only'
    : wide
      ? 'from a width of 64 on'
      : 'at none of these widths';
  expect(out).toContain(`lsh is at least as accurate as dense, computing all units: ${verdict}.`);
});

test('bench alone lists the names', () => {
  const { code, out } = hashgrad(['bench']);
  expect(out.match(/^[\w-]+/gm)).toEqual([
    'gemm',
    'dense',
    'lsh',
    'minhash',
    'lsh-index',
    'mlp',
    'wide',
    'growth',
    'predict',
    'mips',
    'mips-scale',
    'mips-int8',
    'orders',
  ]);
  expect(code).toBe(0);
});

test('profile prints the phases of a step', () => {
  const { code, out } = hashgrad(['profile', '--task', 'mlp', '--threads', '1', '--steps', '52']);
  expect(out).toMatch(/^mlp: 784-1000-1000-10 .*; one thread, 50 steps$/m);
  for (const part of ['hashing', 'choose', 'forward', 'backward', 'optimizer', 'rehash', 'other']) {
    expect(out).toMatch(new RegExp(`^. ${part}: .* \\d`, 'm'));
  }
  expect(out).toMatch(/^Active: .* % of the hidden units\. Padded at random: 0 %/m);
  expect(code).toBe(0);
});

test('report draws the records again', () => {
  writeFileSync(join(folder, 'records.jsonl'), `${JSON.stringify(record())}\n`);
  const { code, out } = hashgrad(['report', 'records.jsonl']);
  expect(out).toMatch(/^dense +90\.0/m);
  expect(out).toContain('Report of 1 run: report.html');
  expect(code).toBe(0);
});

test('outputs trains on a text, and report draws its records again', { timeout: 60_000 }, () => {
  writeFileSync(join(folder, 'text.txt'), 'a b c d e f g h '.repeat(200));
  const size = [
    '--rows',
    '500',
    '--test',
    '10',
    '--active',
    '6',
    '--hidden',
    '8',
    '--seeds',
    '1',
    '--threads',
    '1',
  ];
  const arms = ['--arms', 'full,uniform+logQ', '--checkpoints', '50'];
  const places = ['--out', 'outputs', '--svg', 'outputs'];
  const first = hashgrad(['outputs', '--text', 'text.txt', ...size, ...arms, ...places]);
  expect(first.error).toBe('');
  expect(first.out).toMatch(/^\[1\/2\] full, seed 1: P@1 .* %, loss .*, .* s, .* left$/m);
  const again = hashgrad(['report', 'outputs/outputs.jsonl', '--svg', 'again']);
  expect(again.out).toMatch(/│ uniform\+logQ +│ +1 │/);
  expect(again.out).toContain('Report of 2 runs: outputs/outputs.html');
  for (const name of ['outputs-precision.svg', 'outputs-loss.svg']) {
    const drawn = readFileSync(join(folder, 'again', name), 'utf8');
    expect(drawn).toBe(readFileSync(join(folder, 'outputs', name), 'utf8'));
  }
  writeFileSync(join(folder, 'records.jsonl'), `${JSON.stringify(record())}\n`);
  expect(hashgrad(['report', 'records.jsonl', '--svg', 'again']).error).toMatch(/--svg is for records of/);
});
