/** The address of a trial: what it is made of, as a SHA-256. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './json.ts';
import type { Trial } from './record.ts';

/** Digests of sources, by package or file. */
export type Sources = Readonly<Record<string, string>>;

/** The key of a trial that depends on `sources`: 64 hexadecimal digits. @throws {TypeError} if the trial is no plain JSON. */
export function keyOf(trial: Trial, sources: Sources): string {
  return sha256(canonicalJson({ trial, sources }, 'the trial'));
}

/** The SHA-256 of a text or of bytes, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
