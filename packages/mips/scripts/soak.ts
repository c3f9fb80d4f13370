/**
 * The model of indexes in full: 10,000,000 operations unless another number is given, over all kinds, and 100,000 hostile
 * files. It fails at the first difference.
 */
import { attack } from '../test/attack.ts';
import { KINDS } from '../test/kinds.ts';
import { runModel } from '../test/model.ts';

const operations = Number(process.argv[2] ?? 10_000_000);
const started = performance.now();
const say = (what: string): void =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s: ${what}`);
for (const kind of KINDS) {
  // In memories that are never full and that often are.
  const capacities = kind.ordered ? [2 ** 26, kind.tight, 2 * kind.tight] : [2 ** 26];
  for (const [seed, capacity] of capacities.entries()) {
    const share = Math.ceil(operations / KINDS.length / capacities.length);
    const report = runModel({ kind, operations: share, seed: seed + 10, most: 6000, capacity });
    say(`${kind.name} in ${capacity} bytes: ${JSON.stringify(report)}`);
  }
  const mutants = Math.ceil(operations / 100 / KINDS.length);
  say(`${kind.name}: ${attack(kind, mutants, 2)} of ${mutants} hostile files were refused`);
}
