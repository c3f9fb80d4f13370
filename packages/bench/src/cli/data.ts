/** `hashgrad data`: the catalogue of data sets, and their files on this machine. */
import {
  type DatasetInfo,
  datasetFolders,
  datasets,
  type DownloadProgress,
  fetchDataset,
  type FileState,
  verifyDataset,
} from '@hashgrad/datasets';
import Table from 'cli-table3';
import type { Command } from 'commander';
import pc from 'picocolors';
import { plural, thousands } from '../format.ts';
import { sizeText } from './data-size.ts';
import { ExitError } from './exit.ts';

interface FolderOption {
  readonly folder?: string;
}

const FOLDER = [
  '--folder <folder>',
  'folder of the set, or of sets (default: that of HASHGRAD_DATA, then the cache folder of your system)',
] as const;

/** Adds `data` and what it has. */
export function addData(program: Command): void {
  const data = program
    .command('data')
    .summary('list, fetch, find and check data sets')
    .description('The catalogue of data sets: what there is, and the files of each on this machine.');
  data
    .command('list')
    .description('Lists the sets, or says all about one.')
    .argument('[name]', 'a set, or a kind such as images')
    .option('--json', 'print the catalogue as JSON')
    .action((name: string | undefined, options: { readonly json?: boolean }) => list(name, options));
  data
    .command('get')
    .description('Downloads the files of sets that are not here yet.')
    .argument('<names...>', 'sets')
    .option(...FOLDER)
    .action(get);
  data
    .command('path')
    .description('Prints where the files of a set are.')
    .argument('<name>', 'a set')
    .option(...FOLDER)
    .action(path);
  data
    .command('verify')
    .description('Compares the files of sets with their checksums.')
    .argument('<names...>', 'sets')
    .option(...FOLDER)
    .action(verify);
}

function list(name: string | undefined, { json = false }: { readonly json?: boolean }): void {
  const all = datasets();
  const kinds = new Set<string>(all.map(({ kind }) => kind));
  const shown = name === undefined ? all : all.filter((info) => info.name === name || info.kind === name);
  if (shown.length === 0) {
    throw new Error(
      `There is no data set "${name}", and no kind; kinds are ${[...kinds].join(', ')}. hashgrad data list names all ${all.length} sets.`,
    );
  }
  if (json) console.log(JSON.stringify(shown, undefined, 2));
  else if (shown.length === 1 && shown[0]!.name === name) describe(shown[0]!);
  else table(shown);
}

function table(sets: readonly DatasetInfo[]): void {
  const made = new Table({
    head: ['name', 'kind', 'size', 'what'],
    style: { head: [], border: [], compact: true },
  });
  for (const info of sets) made.push([pc.bold(info.name), info.kind, sizeText(info), info.description]);
  console.log(made.toString());
}

function describe(info: DatasetInfo): void {
  const { name, kind, description, licence, citation, homepage, files, byHand } = info;
  console.log(`${pc.bold(name)} (${kind}): ${description}`);
  const lines: [string, string | undefined][] = [
    ['size', sizeText(info)],
    ['licence', licence],
    ['cite', citation],
    ['page', homepage],
    ['by hand', byHand],
  ];
  for (const [what, text] of lines) if (text) console.log(`  ${what.padEnd(8)} ${text}`);
  for (const { name: file, bytes, checksum, mirrors } of files) {
    const size = bytes === undefined ? '' : `, ${thousands(bytes)} bytes`;
    const known =
      checksum === undefined
        ? 'unverified'
        : `${checksum.algorithm} ${checksum.hex}${checksum.source === 'read' ? '' : `, by ${checksum.source}`}`;
    console.log(`  file     ${file}${size}: ${known}`);
    for (const mirror of mirrors) console.log(`           ${pc.dim(mirror)}`);
  }
}

async function get(names: readonly string[], { folder }: FolderOption): Promise<void> {
  // What has come so far is left for the next time.
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new ExitError('Stopped; what has come is kept.', 130)));
  for (const name of names) {
    const bar = progressLine();
    const { paths, downloaded } = await fetchDataset(name, {
      ...(folder !== undefined && { folder }),
      signal: stop.signal,
      onProgress: bar.show,
      onNotice: notice,
    }).finally(bar.clear);
    console.log(`${pc.bold(name)}: ${summary(paths.length, downloaded)}`);
    for (const each of paths) console.log(`  ${each}`);
  }
}

function summary(files: number, downloaded: boolean): string {
  if (files === 0) return 'is made when it is loaded, and has no files';
  return `${plural(files, 'file')}, ${downloaded ? 'downloaded' : 'here already'}`;
}

async function path(name: string, { folder }: FolderOption): Promise<void> {
  const place = { ...(folder !== undefined && { folder }) };
  const where = datasetFolders(name, place);
  const options = { ...place, download: false, onNotice: () => undefined };
  const { paths } = await fetchDataset(name, options).catch((error: Error) => {
    throw new Error(`${error.message} Looked in ${where.join(', ')}.`, { cause: error });
  });
  if (paths.length === 0) throw new Error(`${name} is made when it is loaded, and has no files.`);
  for (const each of paths) console.log(each);
}

const COLOURS: Readonly<Record<FileState['state'], (text: string) => string>> = {
  verified: pc.green,
  unverified: pc.yellow,
  wrong: pc.red,
  missing: pc.red,
};

/** @throws {ExitError} with code 2 if a file is wrong or missing. */
async function verify(names: readonly string[], { folder }: FolderOption): Promise<void> {
  let bad = 0;
  for (const name of names) {
    const states = await verifyDataset(name, { ...(folder !== undefined && { folder }) });
    console.log(
      `${pc.bold(name)}${states.length === 0 ? ': is made when it is loaded, and has no files' : ''}`,
    );
    for (const { file, path: where, state, expected, found } of states) {
      const why = state === 'wrong' ? `: ${expected?.algorithm} ${found}, not ${expected?.hex}` : '';
      console.log(`  ${COLOURS[state](state.padEnd(10))} ${where ?? file}${why}`);
      if (state === 'wrong' || state === 'missing') bad++;
    }
  }
  if (bad > 0) throw new ExitError(`${plural(bad, 'file')} wrong or missing.`, 2);
}

function notice(sentence: string): void {
  console.error(pc.yellow(sentence));
}

/** A line on a terminal that says how far a download is; nothing elsewhere. */
function progressLine(): { show(progress: DownloadProgress): void; clear(): void } {
  const { stderr } = process;
  let last = 0;
  return {
    show({ file, bytes, total }) {
      if (!stderr.isTTY || Date.now() - last < 100) return;
      last = Date.now();
      const of = total === undefined ? '' : ` of ${megabytes(total)}, ${Math.floor((100 * bytes) / total)} %`;
      stderr.write(`\r\u001B[K${file}: ${megabytes(bytes)}${of}`);
    },
    clear() {
      if (stderr.isTTY) stderr.write('\r\u001B[K');
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
