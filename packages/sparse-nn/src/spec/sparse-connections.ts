/** Which of a hidden layer's weights there are: a share of them, which training exchanges for better ones. */
import { checkOptions, type Known, shown } from './options.ts';
import { isBySample, type UpdateMode } from './update-mode.ts';

/** Sparse connections as plain JSON, see `sparseConnections`. */
export interface SparseConnectionsSpec {
  /** The share of a layer's weights that there are, above 0 to 1; the number is kept exactly. */
  readonly density: number;
  /** Which connections take the place of those that are dropped; 'never': none are dropped. */
  readonly regrow: 'gradient' | 'random' | 'never';
  /** Steps from one exchange to the next. */
  readonly every?: number;
  /** The share of the connections that the first exchange drops, above 0 to 1. */
  readonly dropFraction?: number;
  /** The step from which on nothing is exchanged; up to there the share dropped falls along a half cosine. */
  readonly until?: number;
}

const KNOWN: Known<SparseConnectionsSpec> = {
  density: true,
  regrow: true,
  every: true,
  dropFraction: true,
  until: true,
};

/** What exchanges have, where there are any. */
export type Exchange = Required<Pick<SparseConnectionsSpec, 'every' | 'dropFraction'>> &
  Pick<SparseConnectionsSpec, 'until'>;

/**
 * The share `density` of a layer's weights, drawn at random at the start. At every `every`-th step (100) the weights of least
 * magnitude are dropped, the share `dropFraction` (0.3) of all, and as many connections regrow, which begin at 0; the step's
 * gradient updates no weight of the layer. `regrow: 'gradient'` (the default) takes those whose gradients are largest, of the
 * step's batch and with respect to all weights (RigL; Evci et al., ICML 2020, section 3 and algorithm 1); 'random' draws them
 * (SET; Mocanu et al., Nature Communications 2018); 'never' keeps the first ones. What was just dropped may regrow, and then
 * keeps its weight. With `until` the share dropped falls to 0 by that step, as RigL's does by three quarters of the training;
 * without it stays as it is.
 */
export function sparseConnections(
  parameters: Pick<SparseConnectionsSpec, 'density'> & Partial<SparseConnectionsSpec>,
): SparseConnectionsSpec {
  checkOptions('sparseConnections', parameters, KNOWN);
  const { regrow = 'gradient' } = parameters;
  const exchange = regrow === 'never' ? {} : { every: 100, dropFraction: 0.3 };
  return { regrow, ...exchange, ...parameters };
}

/** What exchanges connections, if anything does. */
function exchangeOf({
  regrow,
  every = 100,
  dropFraction = 0.3,
  until,
}: SparseConnectionsSpec): Exchange | undefined {
  if (regrow === 'never') return undefined;
  return { every, dropFraction, ...(until !== undefined && { until }) };
}

/** How many of `count` connections are dropped after step `step`, from 1; 0 where nothing is exchanged. */
export function droppedAt(spec: SparseConnectionsSpec, step: number, count: number): number {
  const exchange = exchangeOf(spec);
  if (!exchange) return 0;
  const { every, dropFraction, until } = exchange;
  if (step % every !== 0 || (until !== undefined && step >= until)) return 0;
  const share = until === undefined ? 1 : (1 + Math.cos((Math.PI * step) / until)) / 2;
  return Math.min(count, Math.round(dropFraction * share * count));
}

/** How many connections there are of so many weights, 1 at the least. */
export function connectionCount({ density }: SparseConnectionsSpec, weights: number): number {
  return Math.max(1, Math.round(density * weights));
}

/** What the check must know of the layer. */
interface ConnectedLayer {
  readonly name: string;
  readonly last: boolean;
  readonly select: { readonly kind: string };
}

/** Refuses connections that make no sense, or that a layer cannot have. @throws {RangeError} naming the layer. */
export function checkConnections(
  spec: SparseConnectionsSpec,
  { name, last, select }: ConnectedLayer,
  updateMode: UpdateMode,
): void {
  checkOptions(`${name}: connections`, spec, KNOWN);
  if (last) throw new RangeError(`${name} is the last: no sparse connections, which are for hidden layers.`);
  if (select.kind !== 'all') {
    throw new RangeError(
      `${name}: sparse connections are for layers all of whose units fire; its selector is '${select.kind}'.`,
    );
  }
  if (isBySample(updateMode)) {
    throw new RangeError(
      `${name}: sparse connections are trained batch by batch, in the update modes neuron and union; got '${updateMode}'.`,
    );
  }
  const { density, regrow, every, dropFraction, until } = spec;
  const refuse = (option: string, what: string, value: unknown): never => {
    throw new RangeError(`${name}: sparse connections: ${option} is ${what}; got ${shown(value)}.`);
  };
  if (!(density > 0 && density <= 1)) refuse('density', 'above 0 and at most 1', density);
  if (!['gradient', 'random', 'never'].includes(regrow)) {
    refuse('regrow', "'gradient', 'random' or 'never'", regrow);
  }
  if (regrow === 'never') {
    for (const [option, value] of Object.entries({ every, dropFraction, until })) {
      if (value !== undefined) refuse(option, "for connections that regrow, not for regrow: 'never'", value);
    }
    return;
  }
  if (!(Number.isSafeInteger(every ?? 1) && (every ?? 1) >= 1))
    refuse('every', 'a number of steps, 1 or more', every);
  if (!((dropFraction ?? 1) > 0 && (dropFraction ?? 1) <= 1)) {
    refuse('dropFraction', 'above 0 and at most 1', dropFraction);
  }
  if (!(Number.isSafeInteger(until ?? 1) && (until ?? 1) >= 1)) {
    refuse('until', 'a number of steps, 1 or more', until);
  }
}
