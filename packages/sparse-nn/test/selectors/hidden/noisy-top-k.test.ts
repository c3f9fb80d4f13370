import { describe, expect, test } from 'vitest';
import { hidden, network, noisyTopK, softmax } from '../../../src/index.ts';
import { dense, largest, shareFound, sums, train } from '../../hidden-choice.ts';

/** The share of the rows that have the same units in two steps. */
async function sameAgain(persistent: boolean): Promise<number> {
  const { choices } = await train(noisyTopK({ count: 12, overlap: 0.5, persistent }), dense, 60, 2);
  const [first, second] = choices.map(
    ({ inputs, active }) => new Map(inputs.map((input, s) => [input.join(), active[s]])),
  );
  const same = [...first!].filter(([row, ids]) => ids.join() === second!.get(row)!.join());
  return same.length / first!.size;
}

/** A network whose hidden layer errs so. */
function erring(options: object): unknown {
  return network(20, [hidden(60, noisyTopK({ count: 40, overlap: 0.5, ...options })), softmax(5)]);
}

describe('noisyTopK', () => {
  test.each([0, 0.25, 0.5, 1])('chooses the share %d of the highest, and others', async (overlap) => {
    const { choice, layer } = await train(noisyTopK({ count: 12, overlap }));
    expect(shareFound({ choice, layer }, 12)).toEqual(choice.inputs.map(() => overlap));
    for (const ids of choice.active) expect(new Set(ids).size).toBe(12);
  });

  test('which it keeps, and which others it takes, is a matter of chance, the same for all', async () => {
    const { choices, layer } = await train(noisyTopK({ count: 12, overlap: 0.5 }), dense, 60, 60);
    const [ranks, others] = [new Float64Array(12), new Float64Array(48)];
    for (const { inputs, active } of choices) {
      for (const [s, input] of inputs.entries()) {
        const top = largest(sums(layer, input), 12);
        const rest = [...layer.bias.keys()].filter((unit) => !top.includes(unit));
        for (const id of active[s]) {
          if (top.includes(id)) ranks[top.indexOf(id)]!++;
          else others[rest.indexOf(id)]!++;
        }
      }
    }
    const rows = choices.length * dense.rows;
    // Shares of rows in which a place is taken, within five standard deviations.
    for (const [places, share] of [
      [ranks, 6 / 12],
      [others, 6 / 48],
    ] as const) {
      const deviation = Math.sqrt((share * (1 - share)) / rows);
      for (const taken of places) expect(Math.abs(taken / rows - share)).toBeLessThan(5 * deviation);
    }
  });

  test('errs anew at each step, or the same whenever a row comes again', async () => {
    expect(await sameAgain(true)).toBe(1);
    expect(await sameAgain(false)).toBeLessThan(0.1);
  });

  test('refuses what cannot be', () => {
    expect(() => erring({ overlap: 1.5 })).toThrow('noisyTopK: overlap is a share from 0 to 1; got 1.5.');
    expect(() => erring({ persistent: 1 })).toThrow('noisyTopK: persistent is true or false; got 1.');
    expect(() => erring({ overlap: 0.4 })).toThrow(
      'noisyTopK: in the place of 24 of the 40 highest it wants as many others, and 60 units have 20.',
    );
  });
});
