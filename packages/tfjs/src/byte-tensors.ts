/** Bytes as tensors: of text, which keeps them as they are on every backend, and in files. */
import { engine, tensor, type Tensor } from '@tensorflow/tfjs-core';

/** A tensor of one text, whose bytes these are. */
export function bytesTensor(bytes: Uint8Array): Tensor {
  return tensor([bytes] as unknown as string[], [1], 'string');
}

/** The bytes that such a tensor holds. @throws {TypeError} for another tensor. */
export function bytesOf(text: Tensor): Uint8Array {
  if (text.dtype !== 'string' || text.size !== 1) {
    throw new TypeError(`Bytes are kept as one text; got a tensor of ${text.size} ${text.dtype}.`);
  }
  // `dataSync` would take them for UTF-8.
  return (engine().readSync(text.dataId) as unknown as Uint8Array[])[0]!;
}
