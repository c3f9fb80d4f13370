/** Ways of choosing the units of a layer, each at rising cost: levels of a factor, for the measure 'choosing'. */
import { dwta, type FamilySpec, itq, learned, simHash } from '@hashgrad/lsh';
import { simpleLsh } from '@hashgrad/mips';
import { lowRank, lsh, type LshSpec, type SelectorSpec, signatures, topK } from '@hashgrad/sparse-nn';
import type { Json } from '../engine/record.ts';
import type { Factor, Level } from '../engine/study.ts';

/** Numbers of tables, of rising cost. */
const TABLES = [5, 10, 25, 50, 100, 200, 400];
const WORDS = [64, 128, 192, 256, 512, 1024, 2048];
const RANKS = [2, 4, 8, 16, 32, 64, 128];
const PROBES = [1, 2, 5, 10, 20, 40];

const hadamard = (bits: number) => (tables: number) => simHash({ bits, tables, projection: 'hadamard' });

const tables = (
  family: (tables: number) => FamilySpec,
  options?: Pick<Partial<LshSpec>, 'centred' | 'transform'>,
): Level => rising(TABLES, (fraction, count) => lsh({ fraction, family: family(count), ...options }));

/** Ways of choosing the share `active` of a layer's units. */
export const CHOOSERS: Factor = {
  'all products': rising([1], (fraction) => topK({ fraction })),
  'tables of 4 bits': tables(hadamard(4)),
  'tables of 6 bits': tables(hadamard(6)),
  'tables of 8 bits': tables(hadamard(8)),
  'tables of 6 bits, centred': tables(hadamard(6), { centred: true }),
  'tables of 6 bits, simpleLsh': tables(hadamard(6), { transform: simpleLsh() }),
  '5 tables of 6 bits, probed': rising(PROBES, (fraction, probes) =>
    lsh({ fraction, family: hadamard(6)(5), probes }),
  ),
  'dwta tables': tables((count) => dwta({ hashes: 2, tables: count, binSize: 8 })),
  'itq tables of 6 bits': tables((count) => itq({ bits: 6, tables: count })),
  'learned tables of 6 bits': tables((count) => learned({ bits: 6, tables: count })),
  signatures: rising(WORDS, (fraction, bits) => signatures({ fraction, bits })),
  lowRank: rising(RANKS, (fraction, rank) => lowRank({ fraction, rank })),
};

/** Selectors of rising cost, for the share `active` of the units. */
function rising(costs: readonly number[], select: (fraction: number, cost: number) => SelectorSpec): Level {
  return (_, config) => {
    const active = config['active'] as number;
    return { selectors: costs.map((cost) => select(active, cost)) as unknown as Json };
  };
}
