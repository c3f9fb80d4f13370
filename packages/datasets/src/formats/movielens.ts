import { checkOptions, type Known } from '../check-options.ts';
import { basename } from './base-name.ts';
import { complaint } from '../complaint.ts';
import { findFile, openFiles, PACKED_ENDS, type FileSet } from '../unpack/files.ts';
import { FOLDER_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { csvRecords } from './csv-records.ts';
import { RatingsParser, type Ratings } from './ratings.ts';
import { parseChunks } from './stream-parser.ts';

/** {@link Ratings} of films with their titles. */
export interface MovieLens extends Ratings {
  /** The title of item i, '' where the set has none for it. */
  readonly titles: readonly string[];
}

/** How a folder of MovieLens is read. */
export interface MovieLensOptions extends Omit<ReadOptions, 'source' | 'entry'> {
  /** What the data set is called; by default as the folder is. */
  readonly name?: string;
}

/** A release's layout: its file of ratings, and its film's titles. */
interface Layout {
  readonly ratings: string;
  readonly titles: string;
  /** Films by what the ratings call them. @throws Error naming the line. */
  readonly readTitles: (text: string, source: string) => Map<string, string>;
}

/** 100K has tabs and u.data; 1M and 10M have :: and .dat; the later ones are CSV. */
const LAYOUTS: readonly Layout[] = [
  { ratings: 'ratings.csv', titles: 'movies.csv', readTitles: titlesOfCsv },
  {
    ratings: 'ratings.dat',
    titles: 'movies.dat',
    readTitles: (text, source) => titlesOfLines(text, source, '::'),
  },
  { ratings: 'u.data', titles: 'u.item', readTitles: (text, source) => titlesOfLines(text, source, '|') },
];

/** Those of reading files, too. */
const OPTIONS: Known<MovieLensOptions> = { ...FOLDER_OPTIONS, name: true };

/**
 * MovieLens from the folder of any of its releases (100K, 1M, 10M, 20M, 25M, 32M and latest), or its zip archive: ratings and,
 * where the file is there, titles. Files may be packed. The sets may not be passed on with a package:
 * https://grouplens.org/datasets/movielens. Node only.
 *
 * @throws Error naming the folder if it has no ratings, or the file and line where something else stands; as `parseRatings`.
 */
export async function loadMovieLens(folder: string, options: MovieLensOptions = {}): Promise<MovieLens> {
  checkOptions('loadMovieLens', options, OPTIONS);
  const { name = basename(folder).replace(/\.zip$/, ''), ...reading } = options;
  const files = await openFiles(folder, reading);
  const found = LAYOUTS.map((layout) => ({ layout, file: named(files, layout.ratings) })).find(
    ({ file }) => file,
  );
  if (found?.file === undefined) {
    throw complaint(
      files.source,
      'there are no ratings of MovieLens: expected ratings.csv, ratings.dat (1M, 10M) or u.data (100K), also as .gz.',
    );
  }
  const { layout, file } = found;
  const source = files.path(file);
  const parser = new RatingsParser(source, { name });
  const ratings = await parseChunks(parser, source, files.stream(file, reading));
  const titleFile = named(files, layout.titles);
  const titles =
    titleFile === undefined
      ? new Map<string, string>()
      : layout.readTitles(textOf(await files.read(titleFile, reading)), files.path(titleFile));
  return {
    ...ratings,
    titles: Array.from<number | string, string>(ratings.itemNames, (item) => titles.get(String(item)) ?? ''),
  };
}

function named(files: FileSet, name: string): string | undefined {
  return findFile(files, name, new RegExp(`^${name.replace('.', '\\.')}${PACKED_ENDS}$`));
}

/** UTF-8, or Latin-1, in which the first releases were written. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

function titlesOfCsv(text: string, source: string): Map<string, string> {
  const titles = new Map<string, string>();
  let isHeader = true;
  for (const { line, fields } of csvRecords(text, source)) {
    const [id = '', title] = fields;
    if (isHeader) {
      if (id !== 'movieId' || title !== 'title') {
        throw complaint(
          source,
          `line 1: expected the header "movieId,title,genres", found "${fields.join(',').slice(0, 40)}".`,
        );
      }
      isHeader = false;
      continue;
    }
    addTitle(titles, id, title, source, line);
  }
  return titles;
}

function titlesOfLines(text: string, source: string, separator: string): Map<string, string> {
  const titles = new Map<string, string>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const [id = '', title] = line.split(separator);
    addTitle(titles, id, title, source, i + 1);
  }
  return titles;
}

function addTitle(
  titles: Map<string, string>,
  id: string,
  title: string | undefined,
  source: string,
  line: number,
): void {
  if (!/^\d+$/.test(id) || title === undefined) {
    throw complaint(
      source,
      `line ${line}: expected a film's number and its title, found "${id.slice(0, 40)}".`,
    );
  }
  titles.set(String(Number(id)), title.trim());
}
