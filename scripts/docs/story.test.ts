import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readKept } from './kept-records.ts';
import { STORY } from './story.ts';

const root = join(import.meta.dirname, '../..');

test.each(STORY.map((table) => [table.name, table] as const))(
  '%s is told of records that say so, and of no others',
  (_, { study, draw }) => {
    const records = readKept(root, study!.study.name)!;
    expect(draw(records)).toMatch(/\d \(\d.* to \d/);
    // All arms alike: nothing is better or worse than anything else.
    const alike = records.map((record) => ({
      ...record,
      metrics: records[0]!.metrics,
      cost: records[0]!.cost,
    }));
    expect(() => draw(alike)).toThrow('The README says that it is');
  },
);
