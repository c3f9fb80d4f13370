/** A model of TensorFlow.js and the network above it in one set of artifacts, as tfjs's handlers keep them. */
import { dispose, io } from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { bytesOf, bytesTensor } from './byte-tensors.ts';
import { shown } from './options.ts';

/** The weight that holds the network. */
const HEAD = 'hashgrad/head';

/** Saves a model with the bytes of the network above it. @throws what the handler says. */
export async function saveWithHead(
  body: LayersModel,
  head: Uint8Array,
  target: string | io.IOHandler,
): Promise<io.SaveResult> {
  const handler = typeof target === 'string' ? only(target, io.getSaveHandlers(target)) : target;
  if (!handler?.save)
    throw new TypeError(`A model is saved under a URL, or by a handler with \`save\`; got ${shown(target)}.`);
  const bytes = bytesTensor(head);
  try {
    return await body.save(
      io.withSaveHandler(async (artifacts) => {
        const added = await io.encodeWeights({ [HEAD]: bytes });
        return handler.save!({
          ...artifacts,
          weightSpecs: [...(artifacts.weightSpecs ?? []), ...added.specs],
          weightData: io.CompositeArrayBuffer.join([artifacts.weightData as ArrayBuffer, added.data]),
        });
      }),
      { includeOptimizer: true },
    );
  } finally {
    bytes.dispose();
  }
}

/** Loads what `saveWithHead` saved. @throws {Error} for anything else, and what the handler says. */
export async function loadWithHead(
  source: string | io.IOHandler,
): Promise<{ readonly body: LayersModel; readonly head: Uint8Array }> {
  const handler = typeof source === 'string' ? only(source, io.getLoadHandlers(source)) : source;
  if (!handler?.load)
    throw new TypeError(`A model is loaded from a URL, or by a handler with \`load\`; got ${shown(source)}.`);
  const artifacts = await handler.load();
  const { weightSpecs = [], weightData } = artifacts;
  const at = weightSpecs.findIndex(({ name }) => name === HEAD);
  if (at < 0 || weightData === undefined) {
    throw new Error('This model has no hashed softmax: it was not saved by HashedModel.save.');
  }
  const tensors = io.decodeWeights(weightData, weightSpecs);
  const head = bytesOf(tensors[HEAD]!);
  dispose(tensors);
  // The head is what was added last.
  const body = await loadLayersModel({
    load: async () => ({ ...artifacts, weightSpecs: weightSpecs.toSpliced(at, 1) }),
  });
  return { body, head };
}

function only(url: string, handlers: io.IOHandler[]): io.IOHandler {
  if (handlers.length === 1) return handlers[0]!;
  throw new Error(`There are ${handlers.length} handlers for '${url}'; one is needed.`);
}
