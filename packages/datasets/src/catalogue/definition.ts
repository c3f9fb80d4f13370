import type { ByteInput } from '../unpack/input.ts';
import type { Checksum } from './download/checksum.ts';
import type { Abortable } from '../web-types.ts';

/** What a set holds, and so as what it is loaded. */
export type DataKind =
  | 'images'
  | 'image stream'
  | 'pictures'
  | 'labels'
  | 'ratings'
  | 'interactions'
  | 'words'
  | 'text'
  | 'vectors';

/** How much a set holds, as far as it is known. */
export interface DatasetSize {
  /** Rows to train on, and to test with. */
  readonly train?: number;
  readonly test?: number;
  /** Values of a row. */
  readonly columns?: number;
  readonly classes?: number;
  readonly pictures?: number;
  readonly users?: number;
  readonly items?: number;
  readonly ratings?: number;
  readonly words?: number;
  readonly vectors?: number;
  readonly queries?: number;
  readonly dimensions?: number;
  /** Of a text. */
  readonly bytes?: number;
}

/** A file that a set is published in. */
export interface DatasetFile {
  readonly name: string;
  /** Where it is downloaded from; none where it has to be fetched by hand. */
  readonly mirrors: readonly string[];
  readonly bytes?: number;
  /** Without one, the file is unverified. */
  readonly checksum?: Checksum;
}

/** What the catalogue says of a set. */
export interface DatasetInfo {
  /** What `load` knows it by. */
  readonly name: string;
  readonly kind: DataKind;
  /** One line. */
  readonly description: string;
  readonly size: DatasetSize;
  /** What a row is when it is not just a list: height and width of an image. */
  readonly shape?: readonly number[];
  readonly licence: string;
  /** Whom to cite. */
  readonly citation: string;
  readonly homepage?: string;
  /** In the order that they are asked for; none of a set that is generated, or comes with the package. */
  readonly files: readonly DatasetFile[];
  /** What the user has to do, where the files cannot be downloaded by a program, or a licence asks for it. */
  readonly byHand?: string;
}

/** A part of a set: a file of its own, or one in an archive. */
export interface Part {
  /** The name of the {@link DatasetFile} that has it. */
  readonly file: string;
  /** Where in the archive it is: the end of its path. Its last name is also looked for beside the archive. */
  readonly entry?: string;
  /** Other names that it goes by. Each may end in .gz, .br, .bz2, .xz, .zst or .zip more. */
  readonly names?: readonly string[];
  /** Of what is in it, unpacked: so that a copy that is packed in another way can be verified. */
  readonly content?: Checksum;
}

/** Options that a set may take beside those of where its files are. */
export interface SetOptions {
  /**
   * Rows to train on, and to test with: of a set that has its rows, so many after a shuffle by `seed`, by default all in their
   * order; of a generated one, so many are made.
   */
  readonly train?: number;
  readonly test?: number;
  /** Decides what is drawn; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
  /** Of words: how many of the first are read. Of vectors from a file: how many. */
  readonly limit?: number;
  /** Of generated vectors. */
  readonly vectors?: number;
  readonly queries?: number;
  readonly dimensions?: number;
  /** Of texts: which parts, such as ['train']; all by default. */
  readonly parts?: readonly string[];
}

/** What a set is read with. */
export interface Reading {
  readonly options: SetOptions;
  readonly signal: Abortable | undefined;
  /** A part's bytes, found or downloaded, to be unpacked. */
  open(part: string): Promise<OpenPart>;
  /** Where a part is, found or downloaded. Node only. */
  get(part: string): Promise<Located>;
}

/** Where a part is. */
export interface Located {
  readonly path: string;
  /** Which file of the archive `path` it is, if it is in one. */
  readonly entry?: string;
}

/** A part that is there. */
export interface OpenPart {
  /** Packed or not. */
  readonly input: ByteInput;
  /** What error messages call it. */
  readonly source: string;
}

/** One of the forms that a set's files come in. */
export interface Form<T> {
  readonly parts: Readonly<Record<string, Part>>;
  /** Parts that are needed, where not all are. */
  readonly needs?: (options: SetOptions) => readonly string[];
  read(reading: Reading): Promise<T>;
}

/** A set, and how it is read, or made. */
export interface Definition<T> extends Omit<DatasetInfo, 'name'> {
  /** Options that it takes. */
  readonly takes: readonly (keyof SetOptions)[];
  /** Folders that it is looked for in, beside one of its name; it is downloaded into the first. */
  readonly folders?: readonly string[];
  /** Folders that hold other sets, too: in these, a part goes by its `names` alone. */
  readonly sharedFolders?: readonly string[];
  /** Where there are files: the forms that they may have, the quickest to read first. */
  readonly forms?: readonly Form<T>[];
  /** Where there are none. */
  readonly make?: (options: SetOptions) => Promise<T> | T;
}

/** Sets of one kind by their names. */
export type Definitions<Name extends string, T> = Readonly<Record<Name, Definition<T>>>;
