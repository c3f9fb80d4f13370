/** Files, where there are any: Node's modules are looked up at run time, so that the package loads in browsers too. */
import type * as FileSystemModule from 'node:fs';

type FileSystem = typeof FileSystemModule;

function fileSystem(): FileSystem {
  const fs = globalThis.process?.getBuiltinModule?.('node:fs');
  if (!fs) throw new Error('There are no files here: work with bytes instead of paths.');
  return fs;
}

/** Calls `work` such that what the file system says names the path: not all of its errors do. */
function naming<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { message, syscall, code } = error as NodeJS.ErrnoException;
    if (syscall === undefined || message.includes(path)) throw error;
    throw Object.assign(new Error(`${path}: ${message}`, { cause: error }), { code });
  }
}

/**
 * Writes a whole file: under `path` there is what was there before, or all of the new bytes, whatever happens in between
 * (a temporary file beside it, fsync, rename, fsync of the folder). Threads, processes and containers may write to one
 * path at once: the last one to rename its file wins. Of a symbolic link the target is replaced, and the link stays. A file
 * that was there keeps its mode.
 * @param bytes the contents, or pieces of them in their order.
 * @throws what the file system says, with the path; the file is then as it was.
 */
export function writeFileAtomic(path: string, bytes: Uint8Array | readonly Uint8Array[]): void {
  const fs = fileSystem();
  naming(path, () => writeAtomic(fs, path, bytes instanceof Uint8Array ? [bytes] : bytes));
}

function writeAtomic(fs: FileSystem, path: string, pieces: readonly Uint8Array[]): void {
  const target = targetOf(fs, path);
  checkFolder(fs, path, target);
  const before = fs.statSync(target, { throwIfNoEntry: false });
  if (before?.isDirectory()) {
    throw Object.assign(new Error(`${path} is a folder, not a file.`), { code: 'EISDIR' });
  }
  if (before && !before.isFile())
    throw new Error(`${path} is a device or a pipe, which a file must not replace.`);
  const mode = before && before.mode & 0o7777;
  const temporary = temporaryFor(target);
  // A file that is there already is somebody else's: opening it fails, and it is not removed.
  const file = fs.openSync(temporary, 'wx', mode);
  try {
    try {
      // What the process creates loses the bits of its umask.
      if (mode !== undefined) fs.fchmodSync(file, mode);
      for (const piece of pieces) writeAll(fs, file, piece);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(fs, target);
}

/** The file that `path` leads to, which need not be there: symbolic links are followed. */
function targetOf(fs: FileSystem, path: string): string {
  const { dirname, join, resolve } = process.getBuiltinModule('node:path');
  let target = path;
  for (let links = 0; fs.lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink(); links++) {
    // Links that lead in a circle: the system's own error says so.
    if (links === MOST_LINKS) fs.realpathSync.native(path);
    // `..` in a link starts at the folder that the link is really in.
    target = resolve(fs.realpathSync(dirname(target)), fs.readlinkSync(target));
  }
  return join(target);
}

/** Linux follows so many links, and no more. */
const MOST_LINKS = 40;

/**
 * A name beside the file that nobody else has: process ids and counters come again in other threads and containers. The
 * start of the file's own name says what it was to become, and is short enough for file systems that limit names to 255 bytes.
 */
function temporaryFor(target: string): string {
  const { basename, dirname, join } = process.getBuiltinModule('node:path');
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  return join(dirname(target), `${basename(target).slice(0, 48)}.${randomBytes(8).toString('hex')}.tmp`);
}

/**
 * Refuses a path to which no file could be written, before the work whose result it is to hold.
 * @throws {Error} if there are no files here, or the file's folder is not there.
 */
export function checkFolderOf(path: string): void {
  const fs = fileSystem();
  checkFolder(
    fs,
    path,
    naming(path, () => targetOf(fs, path)),
  );
}

/** @throws {Error} if the folder of `target`, to which `path` leads, is not there. */
function checkFolder(fs: FileSystem, path: string, target: string): void {
  const folder = process.getBuiltinModule('node:path').dirname(target);
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw Object.assign(new Error(`${path}: there is no folder ${folder}.`), { code: 'ENOENT' });
}

/** The bytes of a file. @throws what the file system says, with the path. */
export function readFileBytes(path: string): Uint8Array {
  const fs = fileSystem();
  return naming(path, () => readAll(fs, path));
}

function readAll(fs: FileSystem, path: string): Uint8Array {
  const file = fs.openSync(path, 'r');
  try {
    // Piece by piece, because readFileSync reads no more than 2 GiB.
    const bytes = new Uint8Array(fs.fstatSync(file).size);
    for (let at = 0; at < bytes.length;) {
      const read = fs.readSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30), at);
      if (read === 0) throw new Error(`${path} has become shorter while it was read.`);
      at += read;
    }
    return bytes;
  } finally {
    fs.closeSync(file);
  }
}

/** One call writes 2 GiB at most, or less if it pleases the system. */
function writeAll(fs: FileSystem, file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    at += fs.writeSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30));
  }
}

/** So that the new name survives a loss of power. Windows opens no folders, and needs none of this. */
function syncFolder(fs: FileSystem, path: string): void {
  if (process.platform === 'win32') return;
  const { dirname } = process.getBuiltinModule('node:path');
  const folder = fs.openSync(dirname(path), 'r');
  try {
    fs.fsyncSync(folder);
  } finally {
    fs.closeSync(folder);
  }
}
