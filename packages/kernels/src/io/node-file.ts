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

let writes = 0;

/**
 * Writes a whole file: under `path` there is what was there before, or all of the new bytes, whatever happens in between
 * (a temporary file beside it, fsync, rename, fsync of the folder).
 * @param bytes the contents, or pieces of them in their order.
 * @throws what the file system says, with the path; the file is then as it was.
 */
export function writeFileAtomic(path: string, bytes: Uint8Array | readonly Uint8Array[]): void {
  const fs = fileSystem();
  naming(path, () => writeAtomic(fs, path, bytes instanceof Uint8Array ? [bytes] : bytes));
}

function writeAtomic(fs: FileSystem, path: string, pieces: readonly Uint8Array[]): void {
  const temporary = `${path}.${process.pid}-${writes++}.tmp`;
  try {
    const file = fs.openSync(temporary, 'wx');
    try {
      for (const piece of pieces) writeAll(fs, file, piece);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(fs, path);
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
