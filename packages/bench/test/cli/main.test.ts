import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BENCHMARKS } from '../../src/benchmarks/index.ts';
import { hashgrad as runIn, without } from './run-command.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashgrad-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function hashgrad(args: readonly string[], more: Record<string, string> = {}): ReturnType<typeof runIn> {
  return runIn(folder, args, more);
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

function noStudy(): string {
  writeFileSync(join(folder, 'no-study.mjs'), 'export default 3;\n');
  return './no-study.mjs';
}

function textFile(): string {
  writeFileSync(join(folder, 'empty.txt'), ' \n');
  return 'empty.txt';
}

describe('wrong input: exit code 1, one line, no stack', () => {
  const cases: [string, () => string[], RegExp][] = [
    [
      'unknown study',
      () => ['study', 'selektors'],
      /There is no study "selektors"; the studies are selectors, hashing-or-skipping, .*, or a file/,
    ],
    ['missing study file', () => ['study', './none.ts'], /There is no file .*none\.ts/],
    ['a file without a study', () => ['study', noStudy()], /no-study\.mjs exports no study/],
    [
      'unknown level',
      () => ['study', '--set', 'arm=lsj'],
      /--set names the level "lsj" of arm; its levels are dense, narrow/,
    ],
    [
      'unknown path',
      () => ['study', '--set', 'optimiser.rate=1'],
      /--set sets optimiser\.rate, which there is not\. What can be set: .*optimizer\.rate/,
    ],
    [
      'a value that makes no network',
      () => ['study', '--set', 'network.hidden=[0]'],
      /The study selectors, .*: Layer 1 has 1 or more units; got 0/,
    ],
    [
      'a value of another type',
      () => ['study', '--set', 'epochs=many'],
      /--set sets epochs to "many", but it is a number: 4/,
    ],
    ['unknown option', () => ['study', '--arm', 'dense'], /unknown option '--arm'/],
    ['unknown command', () => ['stduy'], /unknown command 'stduy'/],
    [
      'unknown data set',
      () => ['study', '--set', 'task.name=mnits'],
      /no data set "mnits"\. There are .*mnist/,
    ],
    [
      'data set that has no images',
      () => [
        'study',
        '--set',
        'task.name=flat-vectors',
        '--set',
        'task.train=null',
        '--set',
        'task.test=null',
      ],
      /flat-vectors has no images/,
    ],
    [
      'data of another shape',
      () => ['study', '--tiny', '--set', 'network.classes=3'],
      /network\.classes is 3, but the task rectangles has 2: set network\.classes=2/,
    ],
    ['seeds', () => ['study', '--seeds', '1,1'], /The study selectors has the seed 1 twice/],
    ['shard', () => ['study', '--shard', '4/3'], /A shard is such as 2\/3.*got "4\/3"/],
    [
      'missing folder',
      () => ['study', '--set', 'task.folder=nowhere', '--set', 'task.name=idx'],
      /nowhere: there is no such folder/,
    ],
    [
      'truncated IDX file',
      () => [
        'study',
        '--set',
        `task.folder=${imageFolder('cut', idx(0x08, [4, 2, 2], new Uint8Array(9)))}`,
        '--set',
        'task.name=idx',
        '--set',
        'task.train=null',
      ],
      /train-images-idx3-ubyte/,
    ],
    ['nothing to show', () => ['status', 'nowhere'], /There is no folder nowhere/],
    [
      'nothing to merge',
      () => ['merge', 'nowhere', '--out', 'merged'],
      /There is no file nowhere.records\.jsonl/,
    ],
    [
      'an earlier run that is none',
      () => ['bench', 'gemm', '--compare', 'nowhere.json'],
      /nowhere\.json: no figures can be read from it/,
    ],
    ['unknown benchmark', () => ['bench', 'gem'], /no benchmark "gem"; the benchmarks are gemm, dense/],
    ['steps of nothing', () => ['bench', '--steps', '60'], /unknown option '--steps'/],
    ['steps of a benchmark without', () => ['bench', 'gemm', '--steps', '60'], /unknown option '--steps'/],
    [
      'unknown task',
      () => ['profile', '--task', 'wider'],
      /'--task <name>' .* 'wider' is invalid.* wide, mlp/,
    ],
    [
      'unknown arm of outputs',
      () => ['study', 'outputs', '--set', 'arm=lhs'],
      /--set names the level "lhs" of arm; its levels are full, /,
    ],
    [
      'a text that is not named',
      () => ['study', 'outputs', '--set', 'task.name=skip-grams'],
      /skip-grams need a text: set task\.file/,
    ],
    [
      'missing text',
      () => ['study', 'outputs', '--set', 'task.name=skip-grams', '--set', 'task.file=none.txt'],
      /none\.txt: there is no such file/,
    ],
    [
      'text without words',
      () => ['study', 'outputs', '--set', 'task.name=skip-grams', '--set', `task.file=${textFile()}`],
      /empty\.txt: expected words that occur 5/,
    ],
    [
      'films without their folder',
      () => ['study', 'index', '--set', 'corpus=films', '--set', 'task.folder=nowhere'],
      /nowhere: there is no such folder or archive/,
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

test('a study that needs usearch says so where it is not installed', () => {
  const args = ['study', 'index', '--tiny', '--set', 'method=exact,usearch', '--out', 'graph'];
  const { code, error } = hashgrad(args, without(folder, 'usearch'));
  expect(error).toBe(
    "hashgrad: The study index, usearch, lognormal: usearch is not installed: Cannot find package 'usearch'. " +
      'Install it (npm install usearch), or leave the method usearch out.\n',
  );
  expect(code).toBe(1);
  expect(readdirSync(folder)).not.toContain('graph');
});

test('a refused start makes no folder, and changes none', { timeout: 90_000 }, () => {
  expect(hashgrad(['study', '--tiny', '--seeds', '1', '--out', 'kept']).code).toBe(0);
  const path = join(folder, 'kept', 'records.jsonl');
  const before = readFileSync(path);
  for (const wrong of [
    ['--set', 'batchSize=0'],
    ['--memory-limit', '0'],
  ]) {
    expect(hashgrad(['study', '--tiny', '--seeds', '1', '--out', 'kept', ...wrong]).code).toBe(1);
    expect(readFileSync(path)).toEqual(before);
  }
  // Refused by the network itself, in each trial: three errors are added, and nothing is lost.
  expect(hashgrad(['study', '--tiny', '--seeds', '1', '--out', 'kept', '--set', 'threads=65']).code).toBe(3);
  expect(readFileSync(path).subarray(0, before.length)).toEqual(before);
  expect(hashgrad(['study', '--tiny', '--set', 'epochs=0', '--out', 'never']).code).toBe(1);
  expect(readdirSync(folder)).not.toContain('never');
  const again = hashgrad(['study', '--tiny', '--seeds', '1', '--out', 'kept']);
  expect(again.out).toContain('3 of 3 trials are finished already.');
  expect(again.out).toContain('One seed: how far others would differ is not known.');
  expect(again.out).not.toContain('95 % intervals');
  // Records of two studies have nothing in common.
  writeFileSync(
    join(folder, 'others.jsonl'),
    readFileSync(path, 'utf8').replaceAll('"study":"selectors"', '"study":"widths"'),
  );
  expect(hashgrad(['compare', 'kept', 'kept']).code).toBe(0);
  expect(hashgrad(['compare', 'kept', 'others.jsonl']).error).toBe(
    'hashgrad: kept has records of the study selectors, others.jsonl of widths: no trials to compare.\n',
  );
  expect(again.out).toContain('run "hashgrad study selectors --full" for the whole study.');
  // Where a script of that name runs it, as in a clone, nothing else may be on the path.
  const script = hashgrad(['study', '--tiny', '--seeds', '1', '--out', 'kept'], {
    npm_lifecycle_event: 'hashgrad',
  });
  expect(script.out).toContain('run "npm run hashgrad -- study selectors --full" for the whole study.');
});

test('study runs, status and show tell of it', { timeout: 90_000 }, () => {
  const first = hashgrad(['study', '--tiny', '--seeds', '2', '--out', 'tiny']);
  expect(first.error).toBe('');
  expect(first.out).toMatch(/^\[1\/6\] .*, seed 1: accuracy.* %; .* s, .* left$/m);
  expect(first.out).toMatch(/^│ lsh, 25 % +│ .* ± /m);
  expect(first.code).toBe(0);
  expect(hashgrad(['status', 'tiny']).out).toBe('tiny: 6 of 6 trials\n');
  const shown = hashgrad(['show', '--tiny', '--seeds', '3', '--out', 'tiny']).out;
  expect(shown).toContain('Trials: 3 points × 3 seeds = 9');
  expect(shown).toMatch(/Time: .* for the 3 trials that are not finished/);
  expect(shown).toContain('select.family.bits=4');
  // How long short trials took says nothing of long ones.
  expect(hashgrad(['show', '--out', 'tiny']).out).toContain('Time: not known');
  const names = Array.from(hashgrad(['list']).out.matchAll(/^([\w-]+): .*\?$/gm), ([, name]) => name);
  expect(names).toEqual([
    'selectors',
    'hashing-or-skipping',
    'paper',
    'widths',
    'batch',
    'capacity',
    'outputs',
    'negatives',
    'slide',
    'index',
    'screening',
    'top-x',
    'overlap',
    'precision-recall',
    'attention',
    'balance',
    'families',
    'tables',
    'rehash',
    'transforms',
  ]);
});

test(
  'a trial that fails leaves its error, the others run, and the exit code is 3',
  { timeout: 60_000 },
  () => {
    const run = hashgrad([
      'study',
      '--tiny',
      '--seeds',
      '1',
      '--set',
      'optimizer.rate=1e30',
      '--out',
      'failing',
    ]);
    expect(run.out).toMatch(/dense, seed 1: FAILED: /);
    expect(run.error).toMatch(/^hashgrad: 3 of 3 trials failed, the first with: /);
    expect(run.code).toBe(3);
  },
);

test('--version is the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };
  expect(hashgrad(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
});

test('bench alone lists the benchmarks, each with what it measures', () => {
  const { code, out } = hashgrad(['bench']);
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual(
    BENCHMARKS.map(({ name, description }) => [name, description]),
  );
  expect(code).toBe(0);
});

test.each([
  ['gemm', ['--json', '--compare', '--help']],
  ['wide', ['--json', '--compare', '--steps', '--seeds', '--help']],
  [
    'mips-int8',
    ['--json', '--compare', '--vectors', '--dimensions', '--queries', '--seed', '--corpus', '--help'],
  ],
])('bench %s --help lists its own options only', (name, flags) => {
  const { code, out } = hashgrad(['bench', name, '--help']);
  expect(out.match(/^ {2}(?:-h, )?--[\w-]+/gm)?.map((flag) => flag.trim().replace('-h, ', ''))).toEqual(
    flags,
  );
  expect(out).toContain(`Usage: hashgrad bench ${name} [options]`);
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

test('a study of a text runs, and report draws it again', { timeout: 60_000 }, () => {
  writeFileSync(join(folder, 'text.txt'), 'a b c d e f g h '.repeat(200));
  const task = ['task.name=skip-grams', 'task.file=text.txt', 'task.train=500', 'task.test=10'];
  const network = ['network.inputs=8', 'network.classes=8', 'outputs.active=6', 'arm=full,uniform+logQ'];
  const sets = [...task, ...network].flatMap((set) => ['--set', set]);
  const first = hashgrad(['study', 'outputs', '--tiny', ...sets, '--out', 'outputs']);
  expect(first.error).toBe('');
  expect(first.out).toMatch(/^\[1\/2\] .*, seed 1: loss .*; P@1 .* %; .* s, .* left$/m);
  rmSync(join(folder, 'outputs', 'report.html'));
  expect(hashgrad(['report', 'outputs']).out).toBe('Report of 2 trials: outputs/report.html\n');
  expect(readFileSync(join(folder, 'outputs', 'report.html'), 'utf8')).toMatch(/full.*uniform\+logQ/s);
});
