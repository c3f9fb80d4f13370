import { checkOptions, only, type Known } from '../check-options.ts';
import type { Ratings } from '../formats/ratings.ts';
import type { DenseDataset, SparseDataset, Split } from '../types.ts';
import { definitionOf, type AnyDataset, type DatasetName, type DatasetTypes } from './catalogue.ts';
import type { Definition, SetOptions } from './definition.ts';
import { limited } from './limited.ts';
import { chosenForm, Supply, SUPPLY_OPTIONS, type Patience, type SupplyOptions } from './supply.ts';
import { refuseWrong } from './verify.ts';

/** Where a set comes from, and how much of it is loaded. */
export interface LoadOptions extends SetOptions, SupplyOptions {
  /** Whether files are compared with their checksums before they are read; what is downloaded always is. */
  readonly verify?: boolean;
}

/**
 * A data set by its name; {@link datasets} lists them.
 *
 * Files are taken from `folder`, or from the folder that HASHGRAD_DATA names, or from the user's cache folder, by the set's own
 * name or a usual one; packed or not, or in the archive that they are published in. What is not there is downloaded: goes on
 * after a cut, is checked, and gets its name when it is whole. In a browser files are fetched into memory, where their servers
 * allow it. A file without a known checksum is used, and said to be unverified.
 *
 * @throws Error for another name, with some like it; of one line, for a file that is not there and cannot be downloaded,
 *   saying where to put it; as the parsers do, naming file and place. RangeError for an option that the set does not take, or
 *   more rows than it has.
 * @throws the reason of `signal`.
 */
export function load<Name extends DatasetName>(
  name: Name,
  options?: LoadOptions,
): Promise<DatasetTypes[Name]>;
export function load(name: string, options?: LoadOptions): Promise<AnyDataset>;
export async function load(name: string, options: LoadOptions = {}): Promise<AnyDataset> {
  const definition = definitionOf(name);
  checkOptions('load', options, OPTIONS);
  return loadDefined(name, definition, options);
}

/** A set by its definition. */
export async function loadDefined<T extends AnyDataset>(
  name: string,
  definition: Definition<T>,
  options: LoadOptions,
  patience: Patience = {},
): Promise<T> {
  checkTaken(name, definition, options);
  if (definition.forms === undefined) return definition.make!(only<SetOptions>(options, SET_OPTIONS));
  const supply = new Supply(name, definition, options, patience);
  const form = chosenForm(supply, definition.forms, options);
  if (options.verify) await refuseWrong(supply, form, options);
  const loaded = await form.read({
    options,
    signal: options.signal,
    open: (part) => supply.open(form.parts[part]!),
    get: (part) => supply.get(form.parts[part]!),
  });
  noticeSize(supply, definition, loaded);
  return hasRows(loaded) ? (limited(loaded, options) as unknown as T) : loaded;
}

/** Rows to train on and to test with, whatever they are like. */
type Rows = Split<DenseDataset> & Split<SparseDataset>;

function hasRows(loaded: AnyDataset): loaded is Rows {
  return 'train' in loaded && 'labels' in loaded.train;
}

/** Options of sets; others are of where files are. */
const SET_OPTIONS: Known<SetOptions> = {
  train: true,
  test: true,
  seed: true,
  limit: true,
  vectors: true,
  queries: true,
  dimensions: true,
  parts: true,
};
const OPTIONS: Known<LoadOptions> = { ...SET_OPTIONS, ...SUPPLY_OPTIONS, verify: true };

function checkTaken(name: string, { takes, files, forms }: Definition<unknown>, options: LoadOptions): void {
  const names = Object.keys(SET_OPTIONS) as (keyof SetOptions)[];
  const wrong = names.find((option) => options[option] !== undefined && !takes.includes(option));
  if (wrong !== undefined) {
    const takesThese = takes.length === 0 ? 'no options of its own' : takes.join(', ');
    throw new RangeError(`${name} takes no ${wrong}; it takes ${takesThese}.`);
  }
  if (options.folder !== undefined && files.length === 0 && forms === undefined) {
    throw new RangeError(`${name} takes no folder: it is not in files.`);
  }
}

/** Says where a set has not as much as the catalogue says: another version, or a part. */
function noticeSize(supply: Supply, { size }: Definition<unknown>, loaded: AnyDataset): void {
  for (const [what, count] of Object.entries(countsOf(loaded))) {
    const published = size[what as keyof typeof size];
    if (published === undefined || count === published) continue;
    const rows = what === 'train' || what === 'test' ? ' rows' : '';
    supply.notice(`${supply.name} has ${count} ${what}${rows} here; the catalogue says ${published}.`);
  }
}

function countsOf(loaded: AnyDataset): Readonly<Record<string, number>> {
  if ('userNames' in loaded) {
    return { users: loaded.users, items: loaded.items, ratings: loaded.ids.length };
  }
  if ('queries' in loaded) {
    const { vectors, queries, dimensions } = loaded;
    return { vectors: vectors.length / dimensions, queries: queries.length / dimensions, dimensions };
  }
  if (!('train' in loaded)) return {};
  if (hasRows(loaded)) {
    const { train, test } = loaded;
    return { train: train.rows, test: test.rows, columns: train.columns, classes: train.classes };
  }
  const { train, test } = loaded as Split<Ratings>;
  return { users: train.users, items: train.items, ratings: train.ids.length + test.ids.length };
}
