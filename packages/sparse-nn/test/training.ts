/** Short cuts that tests share. */
import {
  Network,
  type EpochReport,
  type Examples,
  type NetworkOptions,
  type NetworkSpec,
} from '../src/index.ts';
import { nonZerosOf } from '../src/index.ts';

/** A network with room for batches of `examples`. */
export function create(
  spec: NetworkSpec,
  examples: Examples,
  options: NetworkOptions = {},
): Promise<Network> {
  const { batchSize = 256 } = options;
  return Network.create(spec, { nonZeros: nonZerosOf([examples], batchSize), ...options });
}

/** All the epochs' reports. */
export async function fit(net: Network, examples: Examples, epochs: number = 1): Promise<EpochReport[]> {
  const reports: EpochReport[] = [];
  for await (const report of net.fit(examples, { epochs })) reports.push(report);
  return reports;
}

/** A copy of all weights and biases, layer by layer. */
export function snapshot(net: Network): Float32Array[] {
  return net.spec.layers.flatMap((_, l) => {
    const { values, bias } = net.weights(l);
    return [values.slice(), bias.slice()];
  });
}

/** The bits of all weights and biases, as one text that is compared at once. */
export function bits(net: Network): string {
  return snapshot(net)
    .map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64'))
    .join('/');
}
