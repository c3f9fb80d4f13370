import { expect, test } from 'vitest';
import { openInput } from '../../src/unpack/input.ts';

/** As WebKit has them: a stream that cannot be iterated over. */
function webKitStream(
  pieces: readonly number[][],
  cancelled: () => void = () => {},
): ReadableStream<Uint8Array> {
  const left = pieces.map((piece) => Uint8Array.from(piece));
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
    cancel: cancelled,
  });
  const { getReader } = stream;
  return { getReader: getReader.bind(stream) } as unknown as ReadableStream<Uint8Array>;
}

test('a stream that cannot be iterated over is read to its end', async () => {
  const { chunks } = await openInput(webKitStream([[1, 2], [3]]));
  const bytes: number[] = [];
  for await (const chunk of chunks()) bytes.push(...chunk);
  expect(bytes).toEqual([1, 2, 3]);
});

test('and cancelled where reading stops before it', async () => {
  let stopped = false;
  const { chunks } = await openInput(webKitStream([[1], [2], [3]], () => void (stopped = true)));
  for await (const _ of chunks()) break;
  expect(stopped).toBe(true);
});
