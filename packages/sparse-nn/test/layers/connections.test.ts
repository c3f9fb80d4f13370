import { Arena, randomStream } from '@hashgrad/kernels';
import { afterAll, expect, test } from 'vitest';
import { checkLists, Connections } from '../../src/layers/connections.ts';

const arena = new Arena();
afterAll(() => arena.close());

/** Which input is connected to which unit, by rows and by columns. */
function pairsOf(connections: Connections): [Set<string>, Set<string>] {
  const { units, inputs, offsets, ids, columnOffsets, columnUnits } = connections;
  const [rows, columns] = [new Set<string>(), new Set<string>()];
  for (let u = 0; u < units; u++)
    for (const i of ids.subarray(offsets[u], offsets[u + 1])) rows.add(`${u} ${i}`);
  for (let i = 0; i < inputs; i++) {
    const list = columnUnits.subarray(columnOffsets[i], columnOffsets[i + 1]);
    expect([...list]).toEqual([...list].toSorted((a, b) => a - b));
    for (const u of list) columns.add(`${u} ${i}`);
  }
  return [rows, columns];
}

test.each([1, 5, 29, 30])(
  '%i of 30 are drawn, as many by rows as by columns, and each weight as often',
  (count) => {
    const often = new Float64Array(30);
    const draws = 600;
    for (let seed = 0; seed < draws; seed++) {
      using connections = new Connections(arena, 5, 6, count);
      connections.draw(randomStream(seed, 'test'));
      const [rows, columns] = pairsOf(connections);
      expect(rows.size).toBe(count);
      expect(columns).toEqual(rows);
      checkLists(connections.offsets, connections.ids, 6);
      for (const position of connections.positions()) often[position]! += 1 / draws;
    }
    const p = count / 30;
    for (const share of often) {
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws) + 1e-9);
    }
  },
);

test('weights in the order of columns are those in the order of rows', () => {
  using connections = new Connections(arena, 40, 30, 333);
  connections.draw(randomStream(1, 'test'));
  const values = Float32Array.from(connections.positions());
  connections.takeColumns(values);
  const { columnOffsets, columnUnits, columnValues } = connections;
  for (let i = 0; i < 30; i++) {
    for (let at = columnOffsets[i]!; at < columnOffsets[i + 1]!; at++) {
      expect(columnValues[at]).toBe(columnUnits[at]! * 30 + i);
    }
  }
});

test('what is placed is there, and nothing else; all memory is given back', () => {
  const used = arena.usedBytes;
  const connections = new Connections(arena, 3, 4, 5);
  connections.place(Float64Array.of(0, 3, 4, 10, 11));
  expect([...connections.positions()]).toEqual([0, 3, 4, 10, 11]);
  expect([...connections.offsets]).toEqual([0, 2, 3, 5]);
  expect(pairsOf(connections)[1]).toEqual(new Set(['0 0', '0 3', '1 0', '2 2', '2 3']));
  connections[Symbol.dispose]();
  expect(arena.usedBytes).toBe(used);
});

test.for<[number[], number[], string]>([
  [[0, 2, 3], [0, 1, 5], 'inputs of unit 1 ascend from 0 to 4; got 5'],
  [[0, 2, 3], [1, 1, 0], 'inputs of unit 0 ascend from 0 to 4; got 1 after 1'],
  [[0, 2, 3], [-1, 1, 0], 'inputs of unit 0 ascend from 0 to 4; got -1'],
  [[0, 4, 3], [0, 1, 2], 'unit 1 has -1 connections'],
  [[1, 2, 3], [0, 1, 2], "its units' connections go from 0 to 3; got 1 to 3"],
  [[0, 1, 2], [0, 1, 2], "its units' connections go from 0 to 3; got 0 to 2"],
])('lists %j, %j are refused', ([offsets, ids, message]) => {
  expect(() => checkLists(Int32Array.from(offsets), Int32Array.from(ids), 5)).toThrow(message);
});
