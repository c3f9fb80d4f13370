/** Exchanging connections for better ones: the smallest weights go, and others take their place. */
import type { RandomStream } from '@hashgrad/kernels';
import type { Connections } from './connections.ts';
import { Largest } from './largest.ts';

/** Connections of which some are dropped. */
export interface Kept {
  /** Positions unit * inputs + input of all connections, ascending. */
  readonly positions: Float64Array;
  /** By place: 1 for those that are kept, 0 for those that are dropped. */
  readonly kept: Uint8Array;
}

/** Drops the `count` weights of least magnitude, of equal ones the first. */
export function dropSmallest(connections: Connections, values: Float32Array, count: number): Kept {
  const smallest = new Largest(count);
  for (let place = 0; place < connections.count; place++) smallest.offer(-Math.abs(values[place]!), place);
  const kept = new Uint8Array(connections.count).fill(1);
  for (const place of smallest.places()) kept[place] = 0;
  return { positions: connections.positions(), kept };
}

/** Looks for the positions of the largest gradients, some rows of units at a time; those that are kept are passed over. */
export class LargestGradients {
  readonly #largest: Largest;
  readonly #inputs: number;
  readonly #kept: Kept;
  #place = 0;

  constructor(inputs: number, kept: Kept, count: number) {
    this.#largest = new Largest(count);
    this.#inputs = inputs;
    this.#kept = kept;
  }

  /** The gradients with respect to all weights of `units` units, those after the ones before. */
  offer(gradients: Float32Array, stride: number, first: number, units: number): void {
    const inputs = this.#inputs;
    const { positions, kept } = this.#kept;
    for (let u = 0; u < units; u++) {
      for (let i = 0; i < inputs; i++) {
        const position = (first + u) * inputs + i;
        const connected = positions[this.#place] === position;
        if (!(connected && kept[this.#place] === 1)) {
          this.#largest.offer(Math.abs(gradients[u * stride + i]!), position);
        }
        if (connected) this.#place++;
      }
    }
  }

  positions(): Float64Array {
    return this.#largest.places();
  }
}

/** `count` positions of `weights` that are not kept, drawn at random, ascending. */
export function drawPositions(
  { positions, kept }: Kept,
  weights: number,
  count: number,
  random: RandomStream,
): Float64Array {
  const taken = new Uint32Array(Math.ceil(weights / 32));
  const take = (position: number): boolean => {
    const word = Math.floor(position / 32);
    const bit = 1 << (position % 32);
    if ((taken[word]! & bit) !== 0) return false;
    taken[word]! |= bit;
    return true;
  };
  for (const [place, position] of positions.entries()) if (kept[place] === 1) take(position);
  const drawn = new Float64Array(count);
  for (let i = 0; i < count;) {
    const position = random.integer(weights);
    if (take(position)) drawn[i++] = position;
  }
  return drawn.toSorted();
}

/**
 * Connects what was kept and what has grown, both ascending. Gives for each new place the old one of its connection, whose
 * weight stays; -1 for connections that are new. What was dropped and has grown again is not new.
 */
export function exchange(
  connections: Connections,
  { positions, kept }: Kept,
  grown: Float64Array,
): Int32Array {
  const from = new Int32Array(positions.length);
  const merged = new Float64Array(positions.length);
  let next = 0;
  let at = 0;
  const add = (position: number, place: number): void => {
    merged[at] = position;
    from[at++] = place;
  };
  for (const [place, position] of positions.entries()) {
    for (; next < grown.length && grown[next]! < position; next++) add(grown[next]!, -1);
    const again = next < grown.length && grown[next] === position;
    if (again) next++;
    if (again || kept[place] === 1) add(position, place);
  }
  for (; next < grown.length; next++) add(grown[next]!, -1);
  connections.place(merged);
  return from;
}
