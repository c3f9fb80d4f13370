/** Loads damaged and hostile files of tables, and uses what was loaded. */
import { type Arena, randomStream, Team } from '@hashgrad/kernels';
import { mutant } from '../../../testing/mutants.ts';
import { FixedTables, HashTables } from '../src/index.ts';
import { emptyResult, free } from './queries.ts';

export interface MutantsReport {
  readonly refused: number;
  readonly loaded: number;
}

const NAME = 'x.safetensors';
const GUARD = 256;

/**
 * Loads `count` mutants of each of some files.
 * @throws {Error} if one is refused without its name or costs memory, or is loaded and traps, writes outside of its memory
 * or is not saved as it was loaded.
 */
export function loadMutants(arena: Arena, count: number, seed: number): MutantsReport {
  const random = randomStream(seed, 'mutants');
  const draw = (below: number): number => random.integer(below);
  const guards = [arena.uint8(GUARD), arena.uint8(4096), arena.uint8(GUARD)];
  // A hole between the guards, which most tables fit into.
  arena.free(guards.splice(1, 1)[0]!);
  for (const guard of guards) guard.fill(7);
  const report = { refused: 0, loaded: 0 };
  for (const [kind, file] of goodFiles(arena)) {
    for (let i = 0; i < count; i++) {
      const bytes = mutant(file, draw);
      const where = `Mutant ${i} of ${kind.name}, seed ${seed}`;
      const used = arena.usedBytes;
      // Its scratch goes with it.
      const team = Team.single(arena);
      const tables = attempt(where, () => kind.fromBytes(bytes, { team, name: NAME }).tables);
      if (tables) {
        report.loaded++;
        const last = arena.uint8(GUARD).fill(7);
        exercise(where, tables, team, draw);
        guards.push(last);
        tables.close();
      } else report.refused++;
      team.close();
      if (!guards.every((guard) => guard.every((byte) => byte === 7))) {
        throw new Error(`${where}: something was written outside of the tables.`);
      }
      if (tables) arena.free(guards.pop()!);
      if (arena.usedBytes !== used) throw new Error(`${where}: ${arena.usedBytes - used} bytes were lost.`);
    }
  }
  for (const guard of guards) arena.free(guard);
  return report;
}

function goodFiles(arena: Arena): (readonly [typeof HashTables | typeof FixedTables, Uint8Array])[] {
  using team = Team.single(arena);
  const sizes = { items: 12, tables: 3, buckets: 5, team };
  const codes = arena.uint32(36);
  for (let i = 0; i < 36; i++) codes[i] = (i * i) % 5;
  const files = [
    new HashTables(sizes),
    new HashTables({ ...sizes, editable: true }),
    new FixedTables({ ...sizes, capacity: 2, replacement: 'fifo' }),
    new FixedTables({ ...sizes, capacity: 3, replacement: 'reservoir' }),
  ].map((tables) => {
    tables.build(codes);
    if (tables instanceof HashTables && tables.editable) edit(tables, team, 0);
    const bytes = tables.toBytes({ note: 'mine' });
    tables.close();
    return [tables.constructor as typeof HashTables | typeof FixedTables, bytes] as const;
  });
  arena.free(codes);
  return files;
}

/** What was loaded, unless it was refused as it should be. */
function attempt<T>(where: string, load: () => T): T | undefined {
  try {
    return load();
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof Error && message.startsWith(`${NAME}: `)) return undefined;
    throw new Error(`${where}: refused without its name: ${message}`, { cause: error });
  }
}

/** Asks, edits and saves the tables. Too little memory for what a file says is the only excuse. */
function exercise(
  where: string,
  tables: HashTables | FixedTables,
  team: Team,
  draw: (n: number) => number,
): void {
  try {
    const Kind = tables.constructor as typeof HashTables | typeof FixedTables;
    const saved = tables.toBytes();
    const again = Kind.fromBytes(saved, { team }).tables;
    const same = Buffer.compare(again.toBytes(), saved) === 0;
    again.close();
    if (!same) throw new Error('it is not saved as it was loaded');
    tables.statistics();
    query(tables, team, draw);
    if (tables instanceof FixedTables || tables.editable) edit(tables, team, draw(tables.items + 1));
    query(tables, team, draw);
    tables.clear();
    query(tables, team, draw);
  } catch (error) {
    const { message } = error as Error;
    if (!message.includes('No room for an array')) throw new Error(`${where}: ${message}`, { cause: error });
  }
}

function query(tables: HashTables | FixedTables, { arena }: Team, draw: (n: number) => number): void {
  const codes = arena.uint32(2 * tables.tables);
  for (let i = 0; i < codes.length; i++) codes[i] = draw(tables.buckets);
  const result = emptyResult(arena, 2, 20);
  try {
    tables.query(codes, 2, { limit: 20, ascending: true }, result);
    for (const s of [0, 1]) {
      for (const id of result.ids.subarray(s * 20, s * 20 + result.lengths[s]!)) {
        if (!(id >= 0 && id < tables.items)) throw new Error(`a query found item ${id} of ${tables.items}`);
      }
    }
  } finally {
    free(arena, result);
    arena.free(codes);
  }
}

/** Takes item `id` out and puts it in again, or puts it in. */
function edit(tables: HashTables | FixedTables, { arena }: Team, id: number): void {
  if (id >= tables.items) return;
  const ids = arena.int32(1);
  const codes = arena.uint32(tables.tables).fill(tables.buckets - 1);
  ids[0] = id;
  try {
    if (tables instanceof HashTables && tables.has(id)) tables.remove(ids);
    else tables.insert(ids, codes);
  } finally {
    arena.free(ids);
    arena.free(codes);
  }
}
