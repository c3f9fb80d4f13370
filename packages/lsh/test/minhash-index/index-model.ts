/** Random operations on an index, each compared with a plain one. */
import { type RandomStream, randomStream } from '@hashgrad/kernels';
import assert from 'node:assert/strict';
import { MinHashIndex, type SetElements, type SetId } from '../../src/index.ts';
import { compareIds, componentsOf, PlainIndex, sharesBand } from './plain-sets.ts';

/** An index, and the plain one that it is compared with after every operation. */
export class IndexModel {
  index: MinHashIndex;
  readonly plain: PlainIndex = new PlainIndex();
  readonly random: RandomStream;
  readonly signatures: Map<SetId, Uint32Array> = new Map();

  constructor(seed: number) {
    this.random = randomStream(seed, 'minhash model');
    this.index = new MinHashIndex({ hashes: 2, tables: 6, seed });
  }

  /** Sets that often are near another, empty, or of one element; some of strings. */
  set(): SetElements {
    const { random } = this;
    const kind = random.integer(8);
    if (kind === 0) return [];
    if (kind === 1) return [random.integer(2) === 0 ? 2 ** 32 - 1 : 'one'];
    const known = [...this.plain.sets.values()];
    const base = known.length > 0 && kind < 6 ? [...(known[random.integer(known.length)] ?? [])] : [];
    const more = Array.from({ length: random.integer(4) }, () => this.element());
    const fresh = base.length > 0 ? [] : Array.from({ length: 1 + random.integer(20) }, () => this.element());
    const all = [...base.slice(random.integer(2)), ...more.slice(0, random.integer(3)), ...fresh];
    return random.integer(2) === 0 ? new Set(all) : [...all, ...all.slice(0, 2)];
  }

  element(): string | number {
    const word = this.random.integer(1000);
    return this.random.integer(2) === 0 ? word : `word ${word}`;
  }

  freshId(): SetId {
    for (;;) {
      const number = this.random.integer(3000);
      const id = this.random.integer(2) === 0 ? number : String(number);
      if (!this.plain.sets.has(id)) return id;
    }
  }

  knownId(): SetId | undefined {
    const ids = [...this.plain.sets.keys()];
    return ids[this.random.integer(Math.max(1, ids.length))];
  }

  keep(id: SetId, set: SetElements): void {
    this.plain.add(id, set);
    this.signatures.set(id, this.index.signature(set));
  }

  step(): void {
    const known = this.knownId();
    const kind = this.random.integer(16);
    if (kind < 2) {
      const set = this.set();
      const id = this.index.add(set);
      assert.deepEqual(id, this.plain.next);
      this.keep(id, set);
    } else if (kind < 4) {
      const [id, set] = [this.freshId(), this.set()];
      assert.deepEqual(this.index.add(set, id), id);
      this.keep(id, set);
    } else if (kind === 4) {
      const sets = Array.from({ length: this.random.integer(12) }, () => this.set());
      const ids = this.index.addAll(sets);
      assert.deepEqual(
        ids,
        sets.map((_, i) => this.plain.next + i),
      );
      for (const [i, id] of ids.entries()) this.keep(id, sets[i] as SetElements);
    } else if (kind < 7 && known !== undefined) {
      const set = this.set();
      this.index.update(known, set);
      this.keep(known, set);
    } else if (kind < 14 && known !== undefined) {
      this.index.remove(known);
      this.plain.sets.delete(known);
      this.signatures.delete(known);
    } else if (kind === 14) {
      const loaded = MinHashIndex.load(this.index.toBytes());
      this.index.close();
      this.index = loaded;
    } else {
      this.merge();
    }
  }

  merge(): void {
    const { hashes, tables, seed } = this.index;
    using other = new MinHashIndex({ hashes, tables, seed });
    const added = Array.from({ length: 3 }, () => [this.freshId(), this.set()] as const);
    for (const [id, set] of added) if (!other.has(id)) other.add(set, id);
    this.index.merge(other);
    const ids = new Map(added.toReversed());
    for (const [id, set] of ids) this.keep(id, set);
  }

  check(): void {
    const { index, plain } = this;
    const { hashes, tables } = index;
    const shares = (a: Uint32Array, b: Uint32Array): boolean => sharesBand(a, b, hashes, tables);
    const signature = (id: SetId): Uint32Array => this.signatures.get(id) as Uint32Array;
    assert.deepEqual(index.size, plain.sets.size);
    assert.deepEqual(index.ids(), plain.ids());
    const set = this.set();
    const asked = index.signature(set);
    const near = (id: SetId): boolean => shares(asked, signature(id));
    assert.deepEqual(index.query(set, { threshold: 0.4 }), plain.query(set, 0.4, near));
    assert.deepEqual(index.query(set, { limit: 3 }), plain.query(set, 0, near).slice(0, 3));
    assert.deepEqual(
      index.query(set, { threshold: 0, exhaustive: true }),
      plain.query(set, 0, () => true),
    );
  }

  checkPairs(): void {
    const { index, plain } = this;
    const { hashes, tables } = index;
    for (const threshold of [0.3, 0.8]) {
      const expected = plain.pairs(threshold, (a, b) =>
        sharesBand(this.signatures.get(a)!, this.signatures.get(b)!, hashes, tables),
      );
      assert.deepEqual([...index.pairs(threshold)], expected);
      assert.deepEqual(index.clusters(threshold), componentsOf(expected));
      assert.ok(expected.every(({ a, b }) => compareIds(a, b) < 0));
    }
  }
}
