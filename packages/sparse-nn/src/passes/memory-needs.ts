/** What a network takes at the least, known before anything is made of it: one that cannot fit is refused at once. */
import { whyNotShared } from '@hashgrad/kernels';
import { strideOf } from '../layers/activations.ts';
import { rowState, type RowState } from '../optimizers/bound-optimizer.ts';
import { definitionOf, type OptimizerSpec } from '../optimizers/optimizers.ts';
import { connectionCount } from '../spec/sparse-connections.ts';
import type { NetworkSpec } from '../spec/spec.ts';
import type { CreationOptions } from './passes.ts';

/** Bytes that 32-bit WebAssembly addresses. */
const ADDRESSABLE = 2 ** 32;
/** What an arena has where it cannot grow and nothing else is said. */
const FIXED = 2 ** 28;

/** Bytes of one layer. */
interface LayerNeeds {
  readonly name: string;
  readonly weights: number;
  /** Moments and sums. */
  readonly state: number;
  readonly gradient: number;
}

/**
 * @param capacity of memory that cannot be shared, and so not grow.
 * @throws {RangeError} if the weights, the optimizer's state and dense gradients are more than the memory can be, naming what
 * each layer needs, and what smaller formats would.
 */
export function checkMemory(spec: NetworkSpec, options: CreationOptions, capacity: number = FIXED): void {
  const grows = whyNotShared() === undefined;
  const limit = grows ? ADDRESSABLE : capacity;
  const needs = needsOf(spec, spec.optimizer, options);
  const bytes = total(needs);
  if (bytes <= limit) return;
  const layers = needs.map(({ name, weights, state, gradient }) => {
    const parts = [`${size(weights)} of weights`, `${size(state)} of ${spec.optimizer.kind}'s state`];
    if (gradient > 0) parts.push(`${size(gradient)} of gradients`);
    return `${name} ${parts.join(', ')}`;
  });
  const { smallest } = definitionOf(spec.optimizer);
  const less = smallest && total(needsOf(spec, { ...spec.optimizer, ...smallest }, options));
  const hint =
    less === undefined || less >= bytes
      ? ''
      : ` With ${spec.optimizer.kind}(${literal(smallest!)}) it would need ${size(less)}.`;
  const where = grows
    ? `the 4 GiB that 32-bit WebAssembly addresses`
    : `the ${size(limit)} that memory has here, where it cannot be shared (a larger \`capacity\` gives more)`;
  throw new RangeError(`No room for a network of ${size(bytes)} in ${where}: ${layers.join('; ')}.${hint}`);
}

function needsOf(
  { inputs, layers }: NetworkSpec,
  optimizer: OptimizerSpec,
  { nonZeros }: CreationOptions,
): LayerNeeds[] {
  const { first, second } = rowState(optimizer);
  return layers.map(({ units, select, connections }, l) => {
    const width = l === 0 ? inputs : layers[l - 1]!.units;
    if (connections)
      return connectedNeeds(
        `layer ${l + 1} (${width} x ${units})`,
        connectionCount(connections, width * units),
        { first, second },
      );
    // Where all units fire on sparse rows, a row of weights is an input's.
    const [rows, length] = l === 0 && nonZeros > 0 && select.kind === 'all' ? [width, units] : [units, width];
    const weights = rows * strideOf(length);
    const state = [first, second].reduce((sum, format) => sum + bytesOf(format, rows, weights), 0);
    const sparse = select.kind !== 'all' || (l === 0 ? nonZeros > 0 : layers[l - 1]!.select.kind !== 'all');
    const name = `layer ${l + 1} (${width} x ${units})`;
    return { name, weights: 4 * weights, state, gradient: sparse ? 0 : 4 * weights };
  });
}

/** Of a layer of so many weights in compressed rows, each with two numbers of 32 bits, and in columns with a copy of the weight. */
function connectedNeeds(
  name: string,
  count: number,
  { first, second }: Pick<RowState, 'first' | 'second'>,
): LayerNeeds {
  const state = [first, second].reduce((sum, format) => sum + bytesOf(format, count / 1024, count), 0);
  return { name, weights: 20 * count, state, gradient: 4 * count };
}

function bytesOf(format: 'float32' | 'bfloat16' | 'row' | undefined, rows: number, weights: number): number {
  if (format === undefined) return 0;
  return format === 'row' ? 4 * rows : (format === 'bfloat16' ? 2 : 4) * weights;
}

function total(needs: readonly LayerNeeds[]): number {
  return needs.reduce((sum, { weights, state, gradient }) => sum + weights + state + gradient, 0);
}

/** Options as they are written in a program. */
function literal(options: object): string {
  const entries = Object.entries(options).map(([name, value]) => `${name}: '${String(value)}'`);
  return `{ ${entries.join(', ')} }`;
}

function size(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(2)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
