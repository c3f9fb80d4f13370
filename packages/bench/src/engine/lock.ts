/** One writer for a folder: a lock file that names its process. */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** The lock's file. */
export const LOCK_FILE = 'lock.json';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as its system counts it; empty where that is not known. */
  readonly start: string;
  readonly token: string;
}

/** A folder that this process alone writes to. */
export class Lock {
  readonly #path: string;
  readonly #owner: Owner;

  private constructor(path: string, owner: Owner) {
    this.#path = path;
    this.#owner = owner;
  }

  /**
   * Takes the lock of a folder, which exists. A lock that a dead process of this machine left is taken over.
   *
   * @throws {Error} that names the process that has it.
   */
  static take(folder: string): Lock {
    const path = join(folder, LOCK_FILE);
    const owner: Owner = {
      pid: process.pid,
      host: hostname(),
      start: startOf(process.pid),
      token: randomBytes(8).toString('hex'),
    };
    const lock = new Lock(path, owner);
    const own = `${path}.${owner.token}.tmp`;
    writeFileSync(own, `${JSON.stringify(owner)}\n`);
    try {
      // A link is made or not, and never replaces a file: of two processes one gets the lock.
      linkSync(own, path);
      rmSync(own);
      return lock;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        rmSync(own, { force: true });
        throw error;
      }
    }
    const holder = readOwner(path);
    if (holder !== undefined && isAlive(holder)) {
      rmSync(own);
      throw new Error(
        `Another study is writing to ${folder}: process ${holder.pid} on ${holder.host}. ` +
          `Give --out another folder, or wait for it; if it is not running any more, remove ${path}.`,
      );
    }
    renameSync(own, path);
    return lock;
  }

  /** @throws {Error} if somebody else took the lock over meanwhile. */
  check(): void {
    if (readOwner(this.#path)?.token !== this.#owner.token) {
      throw new Error(`${this.#path} was taken over by another process: nothing more is written.`);
    }
  }

  /** Gives the folder back. */
  release(): void {
    if (readOwner(this.#path)?.token === this.#owner.token) rmSync(this.#path, { force: true });
  }
}

/** `undefined` if there is no such file, or it says nothing. */
function readOwner(path: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner> | null;
    return typeof owner?.pid === 'number' && typeof owner.host === 'string' ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the owner may still be at work. Of another machine's that cannot be known. */
function isAlive({ pid, host, start }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // Numbers of processes come again: after a restart, and in containers, where the first one always has 1.
  return startOf(pid) === start;
}

/** On Linux the boot and the tick in it at which a process started, nothing of a dead one; elsewhere nothing. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in brackets, may hold anything: fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is dead: its parent, such as the first process of a container, has not asked how it ended.
    return fields[0] === 'Z' ? '' : `${boot} ${fields[19]}`;
  } catch {
    return '';
  }
}

/** The process that has the lock of a folder; `undefined` if nobody has, or one that is dead. */
export function lockHolder(folder: string): { readonly pid: number; readonly host: string } | undefined {
  const owner = readOwner(join(folder, LOCK_FILE));
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}
