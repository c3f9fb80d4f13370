/** Indexes with a memory of their own: what they say where the system refuses it, and that none is left behind. */
import { Arena, Team } from '@hashgrad/kernels';
import { afterEach, expect, test, vi } from 'vitest';
import { withFailure } from '../../../../testing/full-memory.ts';
import { LshIndex, MinHashIndex, simHash, type SimHashSpec, suggestParameters } from '../../src/index.ts';

const team = Team.single(new Arena());
const family = simHash({ bits: 4, tables: 4 });
const cosine = { dimensions: 8, metric: 'cosine' } as const;

const indexes: readonly (readonly [string, (options: { team?: Team }) => LshIndex | MinHashIndex])[] = [
  ['an LshIndex', (options) => new LshIndex({ ...cosine, family, ...options })],
  ['an LshIndex whose family is suggested', (options) => new LshIndex({ ...cosine, ...options })],
  [
    'an LshIndex of distances',
    (options) => new LshIndex({ dimensions: 8, metric: 'euclidean', near: 1, ...options }),
  ],
  ['a MinHashIndex', (options) => new MinHashIndex({ threshold: 0.5, ...options })],
];

const taken: Arena[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const arena of taken.splice(0)) arena.close();
});

function signs(bits: number, tables: number): SimHashSpec {
  return simHash({ bits, tables });
}

/** As a system that has no more addresses for a memory, and where those of closed arenas are in use. */
function refuseMemory(): void {
  vi.spyOn(WebAssembly, 'Memory').mockImplementation(function refuse() {
    throw new RangeError('WebAssembly.Memory(): could not allocate memory');
  });
  try {
    for (;;) taken.push(new Arena());
  } catch {
    // There is none left.
  }
}

test.each(indexes)('%s that gets no memory says so, and is made in that of a team', (_, make) => {
  refuseMemory();
  const message =
    'There is no memory for an index of its own (WebAssembly.Memory(): could not allocate memory): give several indexes one `team`.';
  expect(() => make({})).toThrow(new RangeError(message));
  const before = team.arena.usedBytes;
  make({ team }).close();
  expect(team.arena.usedBytes).toBe(before);
});

test('indexes with threads of their own say so, too', async () => {
  refuseMemory();
  const message = 'There is no memory for an index of its own';
  await expect(LshIndex.create({ ...cosine, threads: 1 })).rejects.toThrow(message);
  await expect(MinHashIndex.create({ threshold: 0.5, threads: 1 })).rejects.toThrow(message);
});

test('suggestions that get no memory say so, unless an index has one for them', () => {
  refuseMemory();
  const message =
    'There is no memory to try families in (WebAssembly.Memory(): could not allocate memory): close what is not used any more.';
  const sizes = { dimensions: 8, items: 100, similarity: 0.5, recall: 0.9 };
  expect(() => suggestParameters({ family: signs, ...sizes })).toThrow(message);
  expect(() => LshIndex.suggest(cosine)).toThrow(message);
});

test('an index that has no room for its suggestion is not made with a worse one', () => {
  let failures = 0;
  for (; ; failures++) {
    const own = Team.single(new Arena({ shared: false, capacity: 2 ** 24 }));
    const { usedBytes } = own.arena;
    const make = (): unknown => new LshIndex({ dimensions: 8, metric: 'euclidean', near: 1, team: own });
    if (!withFailure(own.arena, failures, make)) break;
    expect(own.arena.usedBytes).toBe(usedBytes);
  }
  expect(failures).toBeGreaterThan(10);
});

// Of vectors for which there is never room, a `near` that is none, hash functions that find no room, threads that there are not.
test.each<[string, () => unknown]>([
  ['an LshIndex', () => new LshIndex({ ...cosine, dimensions: 2 ** 31, family })],
  ['an LshIndex of no family', () => new LshIndex({ ...cosine, near: 2 })],
  ['a MinHashIndex', () => new MinHashIndex({ threshold: 0.5 })],
  ['an LshIndex with threads', () => LshIndex.create({ ...cosine, family, threads: 65 })],
  ['a MinHashIndex with threads', () => MinHashIndex.create({ threshold: 0.5, threads: 65 })],
])('%s that cannot be made leaves no memory of its own', async (name, make) => {
  if (name === 'a MinHashIndex') {
    vi.spyOn(Arena.prototype, 'uint32').mockImplementation(() => {
      throw new RangeError('No room.');
    });
  }
  const closed = vi.spyOn(Arena.prototype, 'close');
  await expect((async () => make())()).rejects.toThrow(RangeError);
  expect(closed).toHaveBeenCalledTimes(1);
});
