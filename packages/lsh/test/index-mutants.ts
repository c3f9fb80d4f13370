/** Loads damaged and hostile files of indexes, and uses what was loaded. */
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { mutant } from '../../../testing/mutants.ts';
import { LshIndex, MinHashIndex } from '../src/index.ts';
import { METRICS } from './lsh-index/oracle.ts';
import { DIMENSIONS, Pair } from './lsh-index/pair.ts';
import type { MutantsReport } from './table-mutants.ts';

interface Kind {
  readonly name: string;
  readonly good: () => Uint8Array;
  /** Loads it, uses it, and gives it back. @throws {Error} beginning with 'the index: ' if it is refused. */
  readonly use: (bytes: Uint8Array, team: Team) => void;
}

const KINDS: readonly Kind[] = [
  ...METRICS.map((metric): Kind => ({
    name: `LshIndex of ${metric}`,
    good: () => goodVectors(metric),
    use: useVectors,
  })),
  ...(['sets', 'signatures'] as const).map((keep): Kind => ({
    name: `MinHashIndex of ${keep}`,
    good: () => goodSets(keep),
    use: useSets,
  })),
];

/**
 * Loads `count` mutants of a file of each kind.
 * @throws {Error} if one is refused without its name or keeps memory, or is loaded and does not work.
 */
export function loadIndexMutants(count: number, seed: number): MutantsReport {
  const arena = new Arena({ shared: false, capacity: 2 ** 23 });
  const random = randomStream(seed, 'mutants');
  const report = { refused: 0, loaded: 0 };
  for (const { name, good, use } of KINDS) {
    const bytes = good();
    for (let i = 0; i < count; i++) {
      const team = Team.single(arena);
      try {
        use(
          mutant(bytes, (below) => random.integer(below)),
          team,
        );
        report.loaded++;
      } catch (error) {
        const { message } = error as Error;
        if (
          !message.startsWith('the index: ') ||
          /Cannot |not a function|not iterable|memory access/.test(message)
        ) {
          throw new Error(`Mutant ${i} of ${name}, seed ${seed}: ${message}`, { cause: error });
        }
        report.refused++;
      }
      team.close();
      if (arena.usedBytes !== 0)
        throw new Error(`Mutant ${i} of ${name}: ${arena.usedBytes} bytes were kept.`);
    }
  }
  return report;
}

function goodVectors(metric: (typeof METRICS)[number]): Uint8Array {
  const pair = new Pair({ metric }, 1);
  pair.add(pair.draw(12));
  pair.remove([3, 7]);
  const bytes = pair.index.toBytes();
  pair.close();
  return bytes;
}

function useVectors(bytes: Uint8Array, team: Team): void {
  using index = LshIndex.load(bytes, { team });
  const ids = index.ids();
  if (ids.length !== index.size) throw new Error(`It has ${ids.length} ids and the size ${index.size}.`);
  same(index.toBytes(), (saved) => LshIndex.load(saved, { team }));
  const query = new Float32Array(index.dimensions).fill(0.5);
  const found = index.query(query, { limit: 50 });
  if (found.ids.some((id) => !index.has(id))) throw new Error('A query found an id that is not there.');
  if (index.dimensions === DIMENSIONS) index.add(query, [ids.indexOf(99) < 0 ? 99 : 98]);
  index.remove(ids);
}

function goodSets(keep: 'sets' | 'signatures'): Uint8Array {
  using index = new MinHashIndex({ hashes: 2, tables: 3, keep });
  index.addAll([[1, 2, 3], ['a', 'b'], [], [1, 2]]);
  index.addAll([[7], [8, 9]], ['seven', 'other']);
  index.remove(1);
  return index.toBytes();
}

function useSets(bytes: Uint8Array, team: Team): void {
  using index = MinHashIndex.load(bytes, { team });
  const ids = index.ids();
  if (ids.length !== index.size) throw new Error(`It has ${ids.length} ids and the size ${index.size}.`);
  same(index.toBytes(), (saved) => MinHashIndex.load(saved, { team }));
  const found = index.query([1, 2], { limit: 50 });
  if (found.some(({ id }) => !index.has(id))) throw new Error('A query found an id that is not there.');
  index.clusters();
  for (const { a, b } of index.pairs(0.1)) {
    if (!(index.has(a) && index.has(b))) throw new Error('A pair has an id that is not there.');
  }
  index.add([4], 'one more');
  for (const id of ids) index.remove(id);
}

/** @throws {Error} if an index is not saved as it was loaded. */
function same(bytes: Uint8Array, load: (bytes: Uint8Array) => LshIndex | MinHashIndex): void {
  using again = load(bytes);
  if (Buffer.compare(again.toBytes(), bytes) !== 0) throw new Error('It is not saved as it was loaded.');
}
