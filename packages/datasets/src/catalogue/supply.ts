/** Parts of sets: found in folders, or downloaded, or fetched into memory where there are no folders. */
import type { Known } from '../check-options.ts';
import { nodeModule, requireNodeModule } from '../node.ts';
import { unpack } from '../unpack/unpack.ts';
import type { DatasetFile, Definition, Form, Located, OpenPart, Part, SetOptions } from './definition.ts';
import { DownloadFailure } from './download/attempt.ts';
import { download, type DownloadOptions } from './download/download.ts';
import { FileSink, MemorySink } from './download/sink.ts';
import { keepFolder, rootFolders, type FolderOptions } from './folders.ts';
import { locate, type Place } from './locate.ts';
import type { Abortable } from '../web-types.ts';

/** How far a download is. */
export interface DownloadProgress {
  /** The data set, and the file of it. */
  readonly dataset: string;
  readonly file: string;
  /** Bytes that have come, and how many there will be, where that is known. */
  readonly bytes: number;
  readonly total: number | undefined;
}

/** Where a set's files come from. */
export interface SupplyOptions extends FolderOptions {
  /** Whether what is not there is downloaded; it is by default. */
  readonly download?: boolean;
  /** Stops downloads and reading: what it was aborted with is thrown. */
  readonly signal?: Abortable;
  /** Told of every piece that comes. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Told what should be known, one sentence each. By default console.warn is. */
  readonly onNotice?: (sentence: string) => void;
}

/** All of them. */
export const SUPPLY_OPTIONS: Known<SupplyOptions> = {
  folder: true,
  download: true,
  signal: true,
  onProgress: true,
  onNotice: true,
};

/** How patient downloads are; tests are not. */
export type Patience = Pick<DownloadOptions, 'retries' | 'stallMs' | 'backoffMs'>;

/** What of a set is needed to find its files. */
type Placed = Pick<Definition<unknown>, 'files' | 'folders' | 'sharedFolders' | 'byHand'>;

/** The files of one set. */
export class Supply {
  /** Of the set. */
  readonly name: string;
  readonly #definition: Placed;
  readonly #options: SupplyOptions;
  readonly #patience: Patience;
  readonly #told = new Set<string>();

  constructor(name: string, definition: Placed, options: SupplyOptions, patience: Patience = {}) {
    this.name = name;
    this.#definition = definition;
    this.#options = options;
    this.#patience = patience;
  }

  /** Whether there are folders to find files in, and to keep them: not in a browser. */
  get hasFolders(): boolean {
    return nodeModule('node:fs') !== undefined;
  }

  /** Where is looked, in this order. @throws Error if a folder was named that is not there. */
  places(): Place[] {
    const { join } = requireNodeModule('node:path');
    const { sharedFolders = [] } = this.#definition;
    const roots = this.#roots();
    return roots.flatMap((root) => [
      ...this.#names().map((name) => ({ folder: join(root, name), shared: false })),
      // A folder that was named may be the set's own.
      ...(this.#isNamed() ? [{ folder: root, shared: false }] : []),
      ...sharedFolders.map((name) => ({ folder: join(root, name), shared: true })),
    ]);
  }

  /** Where a part is, if it is there. */
  find(part: Part): Located | undefined {
    return locate(this.places(), part);
  }

  /** Where a part is, downloaded if it has to be. @throws Error of one line that says what to do. */
  async get(part: Part): Promise<Located> {
    const file = this.file(part);
    const found = this.find(part) ?? (await this.#fetch(part, file));
    this.#check(found, part, file);
    return found;
  }

  /** A part's bytes. @throws Error as `get`. */
  async open(part: Part): Promise<OpenPart> {
    const { signal } = this.#options;
    const inArchive = part.entry === undefined ? '' : ` (${part.entry})`;
    if (!this.hasFolders) {
      const bytes = await this.#fetchIntoMemory(this.file(part));
      return opened(bytes, part.entry, `${part.file}${inArchive}`, signal);
    }
    const { path, entry } = await this.get(part);
    return opened(path, entry, entry === undefined ? path : `${path}${inArchive}`, signal);
  }

  #roots(): readonly string[] {
    return rootFolders(this.#options);
  }

  #isNamed(): boolean {
    return this.#options.folder !== undefined;
  }

  #names(): readonly string[] {
    const { folders = [] } = this.#definition;
    return folders.includes(this.name) ? folders : [...folders, this.name];
  }

  /** The file that has a part, as the catalogue knows it. */
  file({ file }: Part): DatasetFile {
    const found = this.#definition.files.find(({ name }) => name === file);
    return found ?? { name: file, mirrors: [] };
  }

  async #fetch(part: Part, file: DatasetFile): Promise<Located> {
    const { join } = requireNodeModule('node:path');
    if (this.#options.download === false || file.mirrors.length === 0) throw this.#missing(file);
    const folder = keepFolder(this.#roots(), this.#names(), this.#isNamed());
    const path = join(folder, file.name);
    const sink = await FileSink.open(path, file.checksum !== undefined);
    try {
      await download({ ...file, content: contentOf(part) }, sink, this.#downloadOptions(file));
      await sink.finish();
    } catch (error) {
      await sink.leave();
      throw error instanceof DownloadFailure ? this.#failed(file, error, folder) : error;
    }
    return part.entry === undefined ? { path } : { path, entry: part.entry };
  }

  async #fetchIntoMemory(file: DatasetFile): Promise<Uint8Array> {
    const sink = new MemorySink();
    if (file.mirrors.length === 0) {
      throw new Error(`${this.name} cannot be loaded here: ${file.name} has to be fetched by hand.`);
    }
    try {
      await download(file, sink, this.#downloadOptions(file));
    } catch (error) {
      if (!(error instanceof DownloadFailure)) throw error;
      throw new Error(`${file.name} of ${this.name} was not downloaded: ${error.message}.`, { cause: error });
    }
    if (file.checksum === undefined) this.#noticeUnverified(file.name);
    return sink.bytes();
  }

  #downloadOptions(file: DatasetFile): DownloadOptions {
    const { signal, onProgress } = this.#options;
    return {
      ...this.#patience,
      signal,
      onBytes: (bytes, total) => onProgress?.({ dataset: this.name, file: file.name, bytes, total }),
    };
  }

  #missing(file: DatasetFile): Error {
    const { byHand } = this.#definition;
    const folder = this.places()[0]?.folder;
    const how = file.mirrors.length === 0 ? ` ${byHand ?? 'It has to be fetched by hand.'}` : '';
    return new Error(`${this.name} needs ${file.name}, which is not in ${folder}.${how}`);
  }

  #failed(file: DatasetFile, error: DownloadFailure, folder: string): Error {
    const what = `${this.name} needs ${file.name}, which`;
    const hand = `Put it into ${folder} by hand.`;
    const message = error.offline
      ? `${what} cannot be downloaded: there is no connection (${error.message}). ${hand}`
      : `${what} was not downloaded: ${error.message}. ${hand}`;
    return new Error(message, { cause: error });
  }

  /** Notices what of a file is known to be unlike the published one, without reading it. */
  #check({ path, entry }: Located, part: Part, file: DatasetFile): void {
    const { basename } = requireNodeModule('node:path');
    const isPublished = basename(path) === file.name;
    const known = isPublished || entry !== undefined ? file.checksum : undefined;
    if (known === undefined && part.content === undefined) this.#noticeUnverified(basename(path));
    if (!isPublished || file.bytes === undefined) return;
    const { size } = requireNodeModule('node:fs').statSync(path);
    if (size !== file.bytes && part.content === undefined) {
      this.notice(`${path} has ${size} bytes; the published ${file.name} of ${this.name} has ${file.bytes}.`);
    }
  }

  #noticeUnverified(file: string): void {
    this.notice(`${file} of ${this.name} is unverified: the catalogue has no checksum of it.`);
  }

  /** Says a sentence to whom `onNotice` is, once. */
  notice(sentence: string): void {
    if (this.#told.has(sentence)) return;
    this.#told.add(sentence);
    const { onNotice = console.warn } = this.#options;
    onNotice(sentence);
  }
}

/** The first form whose parts are all there; else the first that can be downloaded, if one can. */
export function chosenForm<T>(supply: Supply, forms: readonly Form<T>[], options: SetOptions): Form<T> {
  const every = (form: Form<T>, test: (part: Part) => boolean): boolean => partsOf(form, options).every(test);
  const found = supply.hasFolders
    ? forms.find((form) => every(form, (part) => supply.find(part) !== undefined))
    : undefined;
  const has = (part: Part): boolean => supply.file(part).mirrors.length > 0;
  return found ?? forms.find((form) => every(form, has)) ?? forms[0]!;
}

/** The parts that are needed. */
export function partsOf(form: Form<unknown>, options: SetOptions): Part[] {
  return (form.needs?.(options) ?? Object.keys(form.parts)).map((part) => form.parts[part]!);
}

/** What is in a file itself; an archive has more than that. */
function contentOf({ entry, content }: Part): Part['content'] {
  return entry === undefined ? content : undefined;
}

function opened(
  input: string | Uint8Array,
  entry: string | undefined,
  source: string,
  signal: Abortable | undefined,
): OpenPart {
  if (entry === undefined) return { input, source };
  return { input: unpack(input, { entry, source, ...(signal && { signal }) }), source };
}
