import type * as crypto from 'node:crypto';
import type * as fs from 'node:fs';
import type * as os from 'node:os';
import type * as path from 'node:path';
import type * as stream from 'node:stream';
import type * as zlib from 'node:zlib';

interface NodeModules {
  'node:crypto': typeof crypto;
  'node:fs': typeof fs;
  'node:os': typeof os;
  'node:path': typeof path;
  'node:stream': typeof stream;
  'node:zlib': typeof zlib;
}

/**
 * A module of Node, or nothing where there is none. Asked for when it is used, so that this package can be imported in a
 * browser without a bundler.
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
}

/** @throws Error where there are no files to read, that is, in a browser. */
export function requireNodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  const found = nodeModule(name);
  if (found === undefined) {
    throw new Error(
      `Reading files needs ${name}, which is not there: is this a browser, or Node before 22.3?`,
    );
  }
  return found;
}
