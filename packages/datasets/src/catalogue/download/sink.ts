import type { promises as fs } from 'node:fs';
import { requireNodeModule } from '../../node.ts';
import { digestOfBytes, digestOfFile, type ChecksumAlgorithm } from './checksum.ts';

/** Where the bytes of a download go: a file, or memory where there are no files. */
export interface Sink {
  /** Bytes that are there. */
  readonly size: number;
  append(bytes: Uint8Array): Promise<void>;
  /** Forgets all bytes. */
  restart(): Promise<void>;
  /** Of all bytes; nothing where it cannot be computed. */
  digest(algorithm: ChecksumAlgorithm): Promise<string | undefined>;
}

/** Bytes in memory. */
export class MemorySink implements Sink {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    return Promise.resolve();
  }

  restart(): Promise<void> {
    this.#pieces.length = 0;
    this.#size = 0;
    return Promise.resolve();
  }

  digest(algorithm: ChecksumAlgorithm): Promise<string | undefined> {
    return digestOfBytes(this.bytes(), algorithm);
  }

  /** All of them. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}

/** A partial file that nobody has written to for so long was left by a process that is gone. */
const ABANDONED_MS = 120_000;

/**
 * A file that is not whole yet. It stands beside the file that it is to become, under a name of its own, so that processes which
 * fetch the same file do not write to one; each renames its own when it is whole. What a process left behind is gone on with
 * by the next: renaming it gives it to one process alone.
 */
export class FileSink implements Sink {
  readonly #final: string;
  readonly #path: string;
  readonly #file: fs.FileHandle;
  #size: number;

  private constructor(final: string, path: string, file: fs.FileHandle, size: number) {
    this.#final = final;
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  /**
   * Takes over what is left of an earlier download of `final`, or begins anew.
   * @param resume Whether what is left can be checked when it is whole; else it is not gone on with.
   */
  static async open(final: string, resume: boolean): Promise<FileSink> {
    const { promises } = requireNodeModule('node:fs');
    const token = requireNodeModule('node:crypto').randomBytes(6).toString('hex');
    const own = `${final}.${token}.part`;
    // Where a rename fails, another process was faster.
    for (const left of resume ? await leftovers(final) : []) {
      const renamed = await promises.rename(left, own).then(
        () => true,
        () => false,
      );
      if (renamed) break;
    }
    const file = await promises.open(own, 'a');
    return new FileSink(final, own, file, (await file.stat()).size);
  }

  get size(): number {
    return this.#size;
  }

  async append(bytes: Uint8Array): Promise<void> {
    // Unlike write, appendFile goes on until all bytes are written.
    await this.#file.appendFile(bytes);
    this.#size += bytes.length;
  }

  async restart(): Promise<void> {
    await this.#file.truncate(0);
    this.#size = 0;
  }

  digest(algorithm: ChecksumAlgorithm): Promise<string> {
    return digestOfFile(this.#path, algorithm);
  }

  /** The file is whole: from now on it has its name. */
  async finish(): Promise<void> {
    const { promises } = requireNodeModule('node:fs');
    // So that a crash of the machine leaves no empty file under the final name.
    await this.#file.sync();
    await this.#file.close();
    await promises.rename(this.#path, this.#final);
    for (const left of await leftovers(this.#final)) await promises.rm(left, { force: true });
  }

  /** Leaves what there is to the next who fetches the file. */
  async leave(): Promise<void> {
    const { promises } = requireNodeModule('node:fs');
    await this.#file.close();
    if (this.#size === 0) await promises.rm(this.#path, { force: true });
    else await promises.rename(this.#path, `${this.#final}.part`).catch(() => undefined);
  }
}

/** Partial files of `final` that no process writes to, largest first. */
async function leftovers(final: string): Promise<string[]> {
  const { promises } = requireNodeModule('node:fs');
  const { basename, dirname, join } = requireNodeModule('node:path');
  const name = basename(final);
  const found: { path: string; size: number }[] = [];
  for (const each of await promises.readdir(dirname(final))) {
    const end = each.startsWith(name) ? each.slice(name.length) : '';
    if (!/^\.(?:[0-9a-f]{12}\.)?part$/.test(end)) continue;
    const path = join(dirname(final), each);
    const stat = await promises.stat(path).catch(() => undefined);
    if (stat === undefined) continue;
    if (end === '.part' || Date.now() - stat.mtimeMs > ABANDONED_MS) found.push({ path, size: stat.size });
  }
  return found.toSorted((a, b) => b.size - a.size).map(({ path }) => path);
}
