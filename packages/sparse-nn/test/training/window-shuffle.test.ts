import { randomStream } from '@hashgrad/kernels';
import { expect, test } from 'vitest';
import { WindowShuffle } from '../../src/training/window-shuffle.ts';
import { blobs } from '../data.ts';

test('rows that wait keep no more than two windows of rows, and the piece that came last', () => {
  for (let pieces = 1; pieces <= 20; pieces++) {
    const order = new WindowShuffle(10, randomStream(pieces, 'window'));
    for (let i = 0; i < pieces; i++) for (const _ of order.add(blobs({ rows: 9, columns: 1, classes: 2 })));
    const kept = new Set([...order.rest()].map(({ piece }) => piece));
    expect([...kept].reduce((rows, piece) => rows + piece.rows, 0)).toBeLessThanOrEqual(2 * 10 + 9);
  }
});
