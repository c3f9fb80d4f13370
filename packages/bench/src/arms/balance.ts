/** Ways of choosing the units of a wide hidden layer, each with the choice balanced and without: levels for the measure 'train'. */
import {
  all,
  balanceByBias,
  balanceByBoosting,
  balanceByLoss,
  type BalanceSpec,
  lsh,
  type SelectorSpec,
  signatures,
  topK,
} from '@hashgrad/sparse-nn';
import type { Config, Json, Point } from '../engine/record.ts';
import type { Factor, Level } from '../engine/study.ts';
import { type LayerShape, tablesFor } from './sizes.ts';

/** What is worth trying of each way; the middle one is what there is without a search. */
const BALANCES: Readonly<Record<string, readonly BalanceSpec[]>> = {
  '': [],
  '+bias': [0.003, 0.01, 0.03].map((rate) => balanceByBias({ rate })),
  '+boosting': [10, 30, 100].map((strength) => balanceByBoosting({ strength })),
  '+loss': [0.03, 0.3, 3].map((weight) => balanceByLoss({ weight })),
};

type Select = (
  size: { readonly fraction: number; readonly balance?: BalanceSpec },
  layer: LayerShape,
) => SelectorSpec;

const SELECTORS: Readonly<Record<string, Select>> = {
  topK: (size) => topK(size),
  signatures: (size) => signatures({ ...size, bits: 1024, rehash: 10 }),
  lsh: (size, layer) => lsh({ ...size, family: tablesFor(layer) }),
};

/**
 * The last of the hidden layers has its units chosen, those before it none. `narrow` is for {@link NARROW_WIDTHS}: a dense
 * network whose last hidden layer is narrower.
 */
export const BALANCE_ARMS: Factor = {
  dense: { select: all() as unknown as Json },
  narrow: { select: all() as unknown as Json },
  ...Object.fromEntries(
    Object.entries(SELECTORS).flatMap(([name, select]) =>
      Object.entries(BALANCES).map(([suffix, tried]) => [name + suffix, balancedLevel(select, tried[1])]),
    ),
  ),
};

/** The balances to try for an arm, as a search takes them for the path `select.balance`. */
export function balancesOf({ arm = '' }: Point): readonly Json[] {
  const [, way] = /^[^+]*(.*)$/.exec(arm) as RegExpExecArray;
  return (BALANCES[way as string] ?? []) as unknown as readonly Json[];
}

/** Shares of the last hidden layer's width that the arm `narrow` has. */
export const NARROW_WIDTHS: Factor = Object.fromEntries(
  [0.025, 0.05, 0.1, 0.15, 0.2, 0.3].map((share): [string, Level] => [
    `${100 * share} %`,
    ({ arm }, config) => {
      const hidden = hiddenOf(config);
      return arm === 'narrow'
        ? { 'network.hidden': [...hidden.slice(0, -1), Math.round(share * (hidden.at(-1) as number))] }
        : {};
    },
  ]),
);

/** Chooses units of the last hidden layer, as many as the config's `active` says. */
function balancedLevel(select: Select, balance: BalanceSpec | undefined): Level {
  return (_, config) => {
    const hidden = hiddenOf(config);
    const fraction = config['active'] as number;
    const { inputs } = config['network'] as { readonly inputs: number };
    const layer = { inputs: hidden.at(-2) ?? inputs, units: hidden.at(-1) as number };
    const chosen = select({ fraction, ...(balance && { balance }) }, layer);
    return { select: [...hidden.slice(1).map(() => all()), chosen] as unknown as Json };
  };
}

/** Widths of the hidden layers. */
function hiddenOf(config: Config): readonly number[] {
  return (config['network'] as { readonly hidden: readonly number[] }).hidden;
}
