import type { ByteInput } from '../unpack/input.ts';

/** What a file that is read is called. */
export interface FileOptions {
  /** What the data set is called. */
  readonly name?: string;
  /** What error messages call the data; a path, say. */
  readonly source?: string;
}

/** What messages call an input: its path, or else `fallback`. */
export function sourceOf(input: ByteInput, fallback: string, source?: string): string {
  return source ?? (typeof input === 'string' ? input : fallback);
}
