/** What the browser test runs inside of a page, on the packages as they are served there. */
import { FrozenNetwork, type SparseInputs } from '@hashgrad/sparse-nn';

export interface PageReport {
  readonly isolated: boolean;
  readonly threads: number;
  readonly reason: string | undefined;
  readonly format: string;
  /** Of the full pass and the sparse one: ids, then scores. */
  readonly predictions: readonly (readonly number[])[];
}

/** Sparse rows as JSON. */
export interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: readonly number[];
  readonly ids: readonly number[];
  readonly values: readonly number[];
}

export function toInputs({ rows, columns, offsets, ids, values }: Rows): SparseInputs {
  return {
    rows,
    columns,
    offsets: Int32Array.from(offsets),
    ids: Int32Array.from(ids),
    values: Float32Array.from(values),
  };
}

/** Predicts the rows by both passes. */
export function predictionsOf(network: FrozenNetwork, rows: Rows): number[][] {
  return (['full', 'sparse'] as const).flatMap((pass) => {
    const { ids, scores } = network.predict(toInputs(rows), { k: 4, pass });
    return [[...ids], [...scores]];
  });
}

/** Loads the network at `url` and predicts, asking for two threads. */
export async function report(url: string, rows: Rows): Promise<PageReport> {
  const response = await fetch(url);
  using network = await FrozenNetwork.load(new Uint8Array(await response.arrayBuffer()), { threads: 2 });
  return {
    isolated: globalThis.crossOriginIsolated,
    threads: network.threads,
    reason: network.reason,
    format: network.format,
    predictions: predictionsOf(network, rows),
  };
}
