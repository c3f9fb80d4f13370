/** The files of hash tables: which tensors and what metadata, and refusing every other file. */
import { decodeSafetensors, type SafetensorsFile, type Team, type Tensor } from '@hashgrad/kernels';
import { described, quoted } from '../vectors/check-flat.ts';
import { bytesOf, type FileBytes, named } from '../vectors/index-source.ts';

/** Where loaded tables go. */
export interface LoadOptions {
  readonly team: Team;
  /** What to call the file in messages. Default 'the file'. */
  readonly name?: string;
}

/** What a file of tables holds. */
export interface LoadedTables<Tables> {
  readonly tables: Tables;
  /** Yours, as they were saved. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The key of our own metadata. */
const KEY = 'hashgrad.lsh';
const VERSION = 1;

/** The names of the options. */
export const LOAD_OPTIONS: readonly string[] = ['team', 'name'];

/** What is written: the kind of tables, how they were made, and what they hold. */
export interface TableContents {
  readonly kind: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** The metadata of a file: ours, and the user's. */
export function tableMetadata(
  { kind, fields }: TableContents,
  metadata: Readonly<Record<string, string>> = {},
): Record<string, string> {
  if (Object.hasOwn(metadata, KEY)) throw new RangeError(`Metadata '${KEY}' are the tables' own.`);
  return { [KEY]: JSON.stringify({ kind, version: VERSION, ...fields }), ...metadata };
}

/**
 * @throws {Error} naming the file, what was expected and what is there, if it is damaged or holds something else.
 * @throws {TypeError} if bytes are none.
 */
export function decodeTables(
  bytes: FileBytes,
  kind: string,
  { name }: LoadOptions,
): { file: SafetensorsFile; fields: Record<string, unknown>; metadata: Record<string, string> } {
  const file = decodeSafetensors(bytesOf(bytes, 'Hash tables are read from '), name);
  const { [KEY]: own, ...metadata } = file.metadata;
  if (own === undefined) {
    throw new Error(`${file.name}: expected hash tables of @hashgrad/lsh; it has no metadata '${KEY}'.`);
  }
  if (!file.checked) throw new Error(`${file.name}: expected a checksum; another program has rewritten it.`);
  const fields = named(file.name, () => Object(JSON.parse(own)) as Record<string, unknown>);
  if (fields['kind'] !== kind || fields['version'] !== VERSION) {
    throw new Error(
      `${file.name}: expected '${kind}' of version ${VERSION}; it holds ${quoted(fields['kind'])} of version ` +
        `${described(fields['version'])}.`,
    );
  }
  return { file, fields, metadata };
}
