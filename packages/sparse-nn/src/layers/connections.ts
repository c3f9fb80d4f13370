/** Which inputs each unit of a layer is connected to, in compressed rows and, for the way back, in compressed columns. */
import type { Arena, RandomStream } from '@hashgrad/kernels';

/** A layer's connections; a place is a number of a connection, by unit and in each by input. */
export class Connections implements Disposable {
  readonly units: number;
  readonly inputs: number;
  /** Unit u has the places offsets[u] to offsets[u + 1] - 1. */
  readonly offsets: Int32Array;
  /** The input of each place, ascending in each unit. */
  readonly ids: Int32Array;
  /** Input i has columnOffsets[i] to columnOffsets[i + 1] - 1 of the two lists below, units ascending. */
  readonly columnOffsets: Int32Array;
  readonly columnUnits: Int32Array;
  readonly #columnPlaces: Int32Array;
  /** Weights in the order of columns. */
  readonly columnValues: Float32Array;
  readonly #arena: Arena;

  /** `count` of them, none drawn yet. */
  constructor(arena: Arena, units: number, inputs: number, count: number) {
    this.units = units;
    this.inputs = inputs;
    this.#arena = arena;
    this.offsets = arena.int32(units + 1);
    this.ids = arena.int32(count);
    this.columnOffsets = arena.int32(inputs + 1);
    this.columnUnits = arena.int32(count);
    this.#columnPlaces = arena.int32(count);
    this.columnValues = arena.float32(count);
  }

  get count(): number {
    return this.ids.length;
  }

  /** Draws them: each set of so many of all weights has the same probability (Knuth, TAOCP 2, algorithm 3.4.2S). */
  draw(random: RandomStream): void {
    const { units, inputs, offsets, ids, count } = this;
    let at = 0;
    for (let unit = 0; unit < units; unit++) {
      for (let input = 0; input < inputs; input++) {
        const left = (units - unit) * inputs - input;
        if (at < count && random.uniform() * left < count - at) ids[at++] = input;
      }
      offsets[unit + 1] = at;
    }
    this.reindex();
  }

  /** Positions unit * inputs + input, ascending. */
  positions(): Float64Array {
    const { units, inputs, offsets, ids } = this;
    const positions = new Float64Array(ids.length);
    for (let unit = 0; unit < units; unit++) {
      for (let at = offsets[unit]!; at < offsets[unit + 1]!; at++) positions[at] = unit * inputs + ids[at]!;
    }
    return positions;
  }

  /** Connects what is at these positions, ascending and as many as there are, and nothing else. */
  place(positions: Float64Array): void {
    const { units, inputs, offsets, ids } = this;
    let at = 0;
    for (let unit = 0; unit < units; unit++) {
      const end = (unit + 1) * inputs;
      for (; at < positions.length && positions[at]! < end; at++) ids[at] = positions[at]! - unit * inputs;
      offsets[unit + 1] = at;
    }
    this.reindex();
  }

  /** Lists the columns anew: rows were written. */
  reindex(): void {
    const { units, inputs, offsets, ids, columnOffsets, columnUnits } = this;
    columnOffsets.fill(0);
    for (const input of ids) columnOffsets[input + 1]!++;
    for (let input = 0; input < inputs; input++) columnOffsets[input + 1]! += columnOffsets[input]!;
    const next = columnOffsets.slice(0, inputs);
    for (let unit = 0; unit < units; unit++) {
      for (let at = offsets[unit]!; at < offsets[unit + 1]!; at++) {
        const to = next[ids[at]!]!++;
        columnUnits[to] = unit;
        this.#columnPlaces[to] = at;
      }
    }
  }

  /** Writes weights in the order of columns to `columnValues`. */
  takeColumns(values: Float32Array): void {
    const { columnValues } = this;
    const places = this.#columnPlaces;
    for (let i = 0; i < places.length; i++) columnValues[i] = values[places[i]!]!;
  }

  [Symbol.dispose](): void {
    for (const view of [
      this.offsets,
      this.ids,
      this.columnOffsets,
      this.columnUnits,
      this.#columnPlaces,
      this.columnValues,
    ]) {
      this.#arena.free(view);
    }
  }
}

/** Refuses lists that are no connections of such a layer. @throws {RangeError} saying what is wrong with them. */
export function checkLists(offsets: Int32Array, ids: Int32Array, inputs: number): void {
  if (offsets[0] !== 0 || offsets.at(-1) !== ids.length) {
    throw new RangeError(
      `its units' connections go from 0 to ${ids.length}; got ${offsets[0]} to ${offsets.at(-1)}`,
    );
  }
  const falls = offsets.findIndex((offset, unit) => unit > 0 && offset < offsets[unit - 1]!) - 1;
  if (falls >= 0) {
    throw new RangeError(`unit ${falls} has ${offsets[falls + 1]! - offsets[falls]!} connections`);
  }
  for (let unit = 0; unit + 1 < offsets.length; unit++) {
    const [from, to] = [offsets[unit]!, offsets[unit + 1]!];
    for (let at = from; at < to; at++) {
      const [id, before] = [ids[at]!, at === from ? -1 : ids[at - 1]!];
      if (id > before && id < inputs) continue;
      throw new RangeError(
        `inputs of unit ${unit} ascend from 0 to ${inputs - 1}; got ${id}${at === from ? '' : ` after ${before}`}`,
      );
    }
  }
}
