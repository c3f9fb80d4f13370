/** Reading text formats against Node's readline and split, from the same files; and the memory that it takes. */
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { loadLibsvm, loadRatings, loadWordVectors, loadXc } from '@hashgrad/datasets';
import { type RandomStream, randomStream } from '@hashgrad/kernels';
import { type Bench, defineBench, type Told } from './lib/benchmark.ts';
import { readBySplitting, type SplitFormat } from './baselines/read-lines.ts';
import { alternate, ratio, sample } from './lib/measure.ts';
import { countOption } from './lib/options.ts';
import { type BenchResult, type BenchRow, within } from './lib/result.ts';

/** How much text is read. */
export interface DatasetsSize {
  /** Of each format, in 10^6 bytes. */
  readonly megabytes: number;
  /** How often each is read. */
  readonly rounds: number;
}

const SIZE: DatasetsSize = { megabytes: 60, rounds: 3 };

/** Rows of the file whose reading is weighed: enough that the engine's own memory is small beside the arrays. */
const WEIGHED = 5;

export const datasetsBenchmark: Bench = defineBench<{ readonly megabytes: number }>({
  name: 'datasets',
  description: `XC, LIBSVM, ratings and word vectors of ${SIZE.megabytes} MB each read from files, against readline and split, MB a second of processor time, and memory`,
  options: { megabytes: countOption('megabytes', 'text of each format, in MB', SIZE.megabytes) },
  run: ({ megabytes, ...told }) => runDatasets({ ...SIZE, megabytes }, told),
});

/** Runs it, on files that it makes and removes. */
export async function runDatasets(size: DatasetsSize, { onProgress }: Told): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hashgrad-datasets-bench-'));
  try {
    const files = {} as Record<SplitFormat, string>;
    for (const format of FORMATS) files[format] = await makeFile(folder, format, size.megabytes * 1e6);
    const all = runs(files);
    // Once before it counts: the compiler has to see the work first.
    for (const run of Object.values(all)) await run();
    const values = await alternate(all, size.rounds, (name, round, value) => {
      onProgress?.(`${name}, round ${round}: ${value.toFixed(1)} MB/s`);
    });
    const weighed = await makeFile(folder, 'xc', WEIGHED * size.megabytes * 1e6, 'weighed');
    onProgress?.('memory');
    const memory = memoryRatio(weighed);
    const rows = Object.entries(values).map(([name, measured]): BenchRow => {
      const [group = ''] = name.split(', ');
      return { name, sample: sample(measured), group, baseline: name.endsWith(BASELINE) };
    });
    const over = (format: SplitFormat): ReturnType<typeof ratio> =>
      ratio(sample(values[`${format}, hashgrad`]), sample(values[`${format}, ${BASELINE}`]));
    return {
      unit: 'MB/s',
      rows,
      figures: {
        xc_mb_per_s: sample(values['xc, hashgrad']),
        xc_ratio: over('xc'),
        libsvm_ratio: over('libsvm'),
        ratings_ratio: over('ratings'),
        words_ratio: over('words'),
        xc_memory_ratio: within(memory, 0.05),
      },
      notes: [
        'MB a second of processor time, of all threads of the process.',
        `Memory is the most that a process of its own held while it read ${WEIGHED * size.megabytes} MB of XC text, less what it held before, over the bytes of the arrays that it got.`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const BASELINE = 'readline and split';
const FORMATS: readonly SplitFormat[] = ['xc', 'libsvm', 'ratings', 'words'];

type Run = `${SplitFormat}, ${'hashgrad' | typeof BASELINE}`;

function runs(files: Readonly<Record<SplitFormat, string>>): Record<Run, () => Promise<number>> {
  const ours: Readonly<Record<SplitFormat, (path: string) => Promise<unknown>>> = {
    // Labels and features of one part are read, not of two.
    xc: (path) => loadXc({ train: path, test: TINY_XC }),
    libsvm: (path) => loadLibsvm(path),
    ratings: (path) => loadRatings(path),
    words: (path) => loadWordVectors(path),
  };
  const all = {} as Record<Run, () => Promise<number>>;
  for (const format of FORMATS) {
    const path = files[format];
    all[`${format}, hashgrad`] = timed(path, () => ours[format](path));
    all[`${format}, ${BASELINE}`] = timed(path, () => readBySplitting(path, format));
  }
  return all;
}

/** MB of a file that are read in a second of processor time. */
const timed = (path: string, read: () => Promise<unknown>) => async (): Promise<number> => {
  const before = process.cpuUsage();
  await read();
  // Processor time of all threads, so that neither a busy machine nor a slow disk is measured.
  const { user, system } = process.cpuUsage(before);
  return statSync(path).size / (user + system);
};

const [FEATURES, LABELS] = [135_909, 670_091];
/** The other part of a set, which takes no time. */
const TINY_XC: Uint8Array = new TextEncoder().encode(`1 ${FEATURES} ${LABELS}\n0 1:1\n`);

/** Rows of Amazon-670K's shape: 5 labels, 75 features with values of six digits. */
function xcRow(random: RandomStream): string {
  const labels = ascending(random, 5, LABELS);
  const features = ascending(random, 75, FEATURES).map((id) => `${id}:${random.uniform().toFixed(6)}`);
  return `${labels.join(',')} ${features.join(' ')}\n`;
}

function libsvmRow(random: RandomStream): string {
  const features = ascending(random, 75, FEATURES).map((id) => `${id + 1}:${random.uniform().toFixed(6)}`);
  return `${random.integer(2) === 0 ? '-1' : '+1'} ${features.join(' ')}\n`;
}

function ascending(random: RandomStream, count: number, most: number): number[] {
  return [...new Set(Array.from({ length: count }, () => random.integer(most)))].toSorted((a, b) => a - b);
}

/** Blocks of rows that a file repeats, so that making it takes no longer than reading it. */
const BLOCK_ROWS = 1_000;

/** A file of about so many bytes. */
async function makeFile(
  folder: string,
  format: SplitFormat,
  bytes: number,
  name: string = format,
): Promise<string> {
  const path = join(folder, `${name}.txt`);
  const random = randomStream(1, `datasets benchmark, ${format}`);
  const out = createWriteStream(path);
  const row = (rows: number): string =>
    format === 'xc' ? xcRow(random) : format === 'libsvm' ? libsvmRow(random) : wordRow(random, rows);
  let block = Array.from({ length: BLOCK_ROWS }, (_, i) => row(i)).join('');
  const blocks = Math.max(1, Math.round(bytes / block.length));
  if (format === 'xc') out.write(`${blocks * BLOCK_ROWS} ${FEATURES} ${LABELS}\n`);
  if (format === 'ratings') out.write('userId,movieId,rating,timestamp\n');
  for (let written = 0, user = 1; written < bytes; written += block.length) {
    if (format === 'ratings') [block, user] = ratingsBlock(random, user);
    if (format !== 'ratings' && written / block.length >= blocks) break;
    if (!out.write(block)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return path;
}

/** As GloVe has them: 100 numbers of five digits. */
function wordRow(random: RandomStream, row: number): string {
  const numbers = Array.from({ length: 100 }, () => (2 * random.uniform() - 1).toFixed(5));
  return `word${row} ${numbers.join(' ')}\n`;
}

/** Ratings of users by the hundred, and the next user: no film is rated twice by one. */
function ratingsBlock(random: RandomStream, first: number): [string, number] {
  const lines: string[] = [];
  let user = first;
  for (; lines.length < BLOCK_ROWS; user++) {
    for (const film of ascending(random, 125, 60_000)) {
      lines.push(`${user},${film},${(1 + random.integer(10)) / 2},964982703\n`);
    }
  }
  return [lines.join(''), user];
}

/** What a process of its own holds at most while it reads, over the bytes of what it has read. */
function memoryRatio(path: string): number {
  const program = `
    import { loadXc } from '@hashgrad/datasets';
    const test = new TextEncoder().encode('1 ${FEATURES} ${LABELS}\\n0 1:1\\n');
    await loadXc({ train: test, test });
    const before = process.memoryUsage.rss();
    const { train } = await loadXc({ train: ${JSON.stringify(path)}, test });
    const arrays = [train.offsets, train.ids, train.values, train.labelOffsets, train.labels];
    const bytes = arrays.reduce((sum, array) => sum + array.byteLength, 0);
    console.log((process.resourceUsage().maxRSS * 1024 - before) / bytes);
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, '--input-type=module', '--eval', program],
    { cwd: import.meta.dirname, encoding: 'utf8' },
  );
  const found = Number(stdout);
  if (!(found > 0)) throw new Error(`The process that reads gave no figure: ${stderr.trim() || stdout}`);
  return found;
}
