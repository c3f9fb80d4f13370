// P@1 and time for variants of the wide output selector
import { createWide, WIDE, wideData } from '../src/benchmarks/wide-task.ts';
import { learn } from '../src/benchmarks/wide-accuracy.ts';
import { lsh, random } from '@hashgrad/sparse-nn';
import { simHash, dwta } from '@hashgrad/lsh';
const v: Record<string, any> = {
  b10: lsh({
    count: 1000,
    family: simHash({ bits: 10, tables: 16, projection: 'hadamard' }),
    pad: true,
    logQ: true,
    shared: 16,
  }),
  b12: lsh({
    count: 1000,
    family: simHash({ bits: 12, tables: 16, projection: 'hadamard' }),
    pad: true,
    logQ: true,
    shared: 16,
  }),
  b14: lsh({
    count: 1000,
    family: simHash({ bits: 14, tables: 32, projection: 'hadamard' }),
    pad: true,
    logQ: true,
    shared: 16,
  }),
  b12s256: lsh({
    count: 1000,
    family: simHash({ bits: 12, tables: 16, projection: 'hadamard' }),
    pad: true,
    logQ: true,
    shared: 256,
  }),
  u16: random({ count: 1000, logQ: true, shared: 16 }),
  u256: random({ count: 1000, logQ: true, shared: 256 }),
};
const data = wideData(WIDE);
for (const name of process.argv.slice(2)) {
  const both = await learn(
    WIDE,
    {
      name,
      select: () => {
        const m = /^b(\d+)t(\d+)(?:r(\d+))?$/.exec(name);
        return m
          ? lsh({
              count: 1000,
              family: simHash({ bits: Number(m[1]), tables: Number(m[2]), projection: 'hadamard' }),
              pad: true,
              logQ: true,
              shared: 16,
              rehashEvery: Number(m[3] ?? 50),
            })
          : v[name];
      },
    },
    data,
    2,
  );
  console.log(name, JSON.stringify(both));
}
process.exit(0);
