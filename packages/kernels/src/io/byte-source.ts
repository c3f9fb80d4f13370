/** Files by whatever way their bytes come: a path or a URL of one, an array, a response. */
import { readFileBytes } from './node-file.ts';

/**
 * A file, or its bytes: a path or a file: URL where there are files; an ArrayBuffer or a view of one; a Response, Blob or
 * File. Types are by what they have, for programs without those of the DOM.
 */
export type ByteSource =
  | string
  | { readonly href: string; readonly protocol: string }
  | ArrayBufferLike
  | ArrayBufferView
  | { arrayBuffer(): Promise<ArrayBuffer> };

/** Bytes, and what messages call them. */
export interface NamedBytes {
  readonly bytes: Uint8Array;
  readonly name: string;
}

const TAKEN = 'a path, a file: URL, an ArrayBuffer, a typed array, a Response or a Blob';

/**
 * The bytes of a source; those of an array are not copied.
 * @param what it is, where it has no name, such as 'the checkpoint'.
 * @throws {TypeError} naming what can be read, if it is something else. @throws {Error} if a response is not ok, and what the
 * file system says.
 */
export async function readSource(source: ByteSource, what: string): Promise<NamedBytes> {
  if (typeof source === 'string') return fromPath(source);
  if (source instanceof Uint8Array) return { bytes: source, name: what };
  if (ArrayBuffer.isView(source)) {
    return { bytes: new Uint8Array(source.buffer, source.byteOffset, source.byteLength), name: what };
  }
  if (isBuffer(source)) return { bytes: new Uint8Array(source), name: what };
  if (typeof source === 'object' && source !== null) {
    if ('arrayBuffer' in source && typeof source.arrayBuffer === 'function')
      return fromResponse(source, what);
    if ('href' in source && typeof source.href === 'string') return fromPath(source.href);
  }
  const got = typeof source === 'object' && source !== null ? nameOf(source) : String(source);
  throw new TypeError(`${what} is read from ${TAKEN}; got ${got}.`);
}

function nameOf(source: object): string {
  const name = source.constructor?.name ?? 'an object';
  return name === 'Promise' ? 'a Promise, which has to be awaited' : name;
}

function isBuffer(source: unknown): source is ArrayBufferLike {
  const shared = typeof SharedArrayBuffer !== 'undefined' && source instanceof SharedArrayBuffer;
  return shared || source instanceof ArrayBuffer;
}

/** @param path or a URL. */
function fromPath(path: string): NamedBytes {
  const scheme = /^([a-z][a-z\d+.-]+):\/\//i.exec(path)?.[1]?.toLowerCase();
  if (scheme === undefined) return { bytes: readFileBytes(path), name: path };
  const url = globalThis.process?.getBuiltinModule?.('node:url');
  if (scheme === 'file' && url) {
    const file = url.fileURLToPath(path);
    return { bytes: readFileBytes(file), name: file };
  }
  throw new TypeError(`${path} is not a file here: give \`await fetch(...)\` of it.`);
}

async function fromResponse(
  source: { arrayBuffer(): Promise<ArrayBuffer> },
  what: string,
): Promise<NamedBytes> {
  const { url, ok, status } = source as { url?: string; ok?: boolean; status?: number };
  const name = url ? url : what;
  if (ok === false) throw new Error(`${name}: the server answered ${status}.`);
  return { bytes: new Uint8Array(await source.arrayBuffer()), name };
}
