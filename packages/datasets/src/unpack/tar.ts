import { complaint, messageOf } from '../complaint.ts';
import { chosenEntry, isHidden } from './archive.ts';
import { piecesOf } from './pieces.ts';
import type { ByteSource } from './source.ts';

/** One file of a tar archive: the one that `entry` names, or the only one. */
export async function* untar(
  source: ByteSource,
  called: string,
  entry: string | undefined,
): AsyncGenerator<Uint8Array> {
  const { createTarDecoder } = await import('modern-tar');
  const files = source
    .stream()
    .pipeThrough(createTarDecoder({ strict: true }))
    .getReader();
  const seen: { readonly name: string }[] = [];
  let found = false;
  try {
    for (;;) {
      const { done, value } = await files.read();
      if (done) break;
      const { header, body } = value;
      const name = header.name.replace(/^\.\//, '');
      const isFile = header.type === undefined || header.type === 'file';
      if (isFile && !isHidden(name)) seen.push({ name });
      const wanted = entry === undefined ? !isHidden(name) : name === entry || name.endsWith(`/${entry}`);
      if (!isFile || !wanted) {
        await body.cancel();
        continue;
      }
      // With a second one it is not said which is meant.
      if (found) chosenEntry(called, 'tar', seen, entry);
      found = true;
      let size = 0;
      for await (const chunk of piecesOf(body)) {
        size += chunk.length;
        yield chunk;
      }
      if (size !== header.size) throw new Error(`${name} has ${size} bytes, not ${header.size}`);
      // A file that is named is looked for no further.
      if (entry !== undefined) return;
    }
  } catch (error) {
    if (source.threw(error) || (error as Error).message.startsWith(called)) throw error;
    throw complaint(called, `the tar archive is damaged or cut short: ${messageOf(error)}.`, error);
  } finally {
    await files.cancel().catch(() => {});
  }
  if (!found) chosenEntry(called, 'tar', seen, entry);
}

/** All files of a tar archive but hidden ones. */
export async function untarAll(
  source: ByteSource,
  called: string,
): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> {
  const { unpackTar } = await import('modern-tar');
  try {
    const entries = await unpackTar(source.stream(), { strict: true });
    return entries.flatMap(({ header, data }) => {
      const name = header.name.replace(/^\.\//, '');
      if (data === undefined || isHidden(name)) return [];
      if (data.length !== header.size)
        throw new Error(`${name} has ${data.length} bytes, not ${header.size}`);
      return [{ name, bytes: data }];
    });
  } catch (error) {
    if (source.threw(error)) throw error;
    throw complaint(called, `the tar archive is damaged or cut short: ${messageOf(error)}.`, error);
  }
}
