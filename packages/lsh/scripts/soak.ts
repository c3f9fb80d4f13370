/**
 * The soak test of hash tables and indexes, in full, on one thread: 10,000,000 operations on editable tables unless another
 * number is given, a tenth of that on fixed ones, a hundredth on tables that are only built, a thousandth on each kind of
 * index, and a hundredth as many damaged files of tables, and of indexes. It fails at the first answer that differs, or if
 * memory grows.
 */
import { Arena, Team } from '@hashgrad/kernels';
import { loadIndexMutants } from '../test/index-mutants.ts';
import { soakLshIndex, soakMinHashIndex } from '../test/index-soak.ts';
import { soak } from '../test/soak.ts';
import { loadMutants, type MutantsReport } from '../test/table-mutants.ts';

const operations = Number(process.argv[2] ?? 10_000_000);
const team = Team.single(new Arena());
soak({ operations: 100_000, seed: 1, team });
const before = { usedBytes: team.arena.usedBytes, bytes: team.arena.bytes };
/** Of the heap, after each tenth of the run. */
const heap: number[] = [];
const started = performance.now();
const report = soak({
  operations,
  seed: 2,
  team,
  onProgress(done) {
    if (Math.floor((10 * done) / operations) <= heap.length) return;
    globalThis.gc?.();
    heap.push(process.memoryUsage().heapUsed);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`${done} operations, ${seconds} s, heap ${((heap.at(-1) ?? 0) / 1e6).toFixed(1)} MB`);
  },
});
console.log(JSON.stringify(report));
const { usedBytes, bytes } = team.arena;
if (usedBytes !== before.usedBytes || bytes !== before.bytes) {
  throw new Error(
    `The arena grew: from ${JSON.stringify(before)} to ${JSON.stringify({ usedBytes, bytes })}.`,
  );
}
const growth = (heap.at(-1) ?? 0) - (heap[0] ?? 0);
if (growth > 4e6) throw new Error(`The heap grew by ${growth} bytes.`);
console.log(
  `No difference in ${operations} operations and ${report.queries} queries; ` +
    `the arena holds ${usedBytes} bytes as before, the heap grew by ${growth} bytes.`,
);

for (const [kind, share, items] of [
  ['fifo', 10, 1000],
  ['reservoir', 10, 1000],
  ['built', 100, 200],
] as const) {
  const { queries } = soak({ operations: Math.ceil(operations / share), seed: 3, team, kind, items });
  console.log(`${kind}: no difference in ${queries} queries.`);
}
const said = ({ refused, loaded }: MutantsReport, what: string): void =>
  console.log(
    `Of ${refused + loaded} damaged files ${refused} were refused by name, and ${loaded} gave ${what} that work.`,
  );
said(loadMutants(new Arena({ shared: false, capacity: 2 ** 20 }), operations / 400, 4), 'tables');

const changes = Math.ceil(operations / 1000);
soakLshIndex(changes, 5);
console.log(`LshIndex: no difference in ${changes} changes, each with queries.`);
soakMinHashIndex(changes, 6);
console.log(`MinHashIndex: no difference in ${changes} changes, each with queries.`);
said(loadIndexMutants(operations / 500, 7), 'indexes');
