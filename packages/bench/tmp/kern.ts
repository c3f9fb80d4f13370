// time per kernel of wide steps
import { lsh } from '@hashgrad/sparse-nn';
import { simHash } from '@hashgrad/lsh';
import { Team } from '@hashgrad/kernels';
import { Stepper } from '../src/benchmarks/steps.ts';
import { batchesOf } from '../src/benchmarks/batches.ts';
import { createWide, WIDE, WIDE_ARMS, wideData, FULL_SOFTMAX } from '../src/benchmarks/wide-task.ts';
const armName = process.argv[2] ?? 'lsh';
const threads = Number(process.argv[3] ?? 1);
const labels = Number(process.argv[4] ?? 100000);
const size = { ...WIDE, labels, train: 20 * 256, test: 1 };
const m = /^b(\d+)t(\d+)(?:r(\d+))?$/.exec(armName);
const arm = m
  ? {
      name: armName,
      select: () =>
        lsh({
          count: 1000,
          family: simHash({ bits: Number(m[1]), tables: Number(m[2]), projection: 'hadamard' }),
          pad: true,
          logQ: true,
          shared: 16,
          rehashEvery: Number(m[3] ?? 50),
        }),
    }
  : [...WIDE_ARMS, FULL_SOFTMAX].find((a) => a.name === armName)!;
const data = wideData(size);
const net = await createWide(size, arm, data, threads);
const st = new Stepper(net, batchesOf(data.train, 256, 20));
for (let i = 0; i < 30; i++) await st.step();
const times = new Map<string, number>();
const calls = new Map<string, number>();
const run = Team.prototype.run;
Team.prototype.run = function (k: any, args: any, items: any, o: any) {
  const t = performance.now();
  run.call(this, k, args, items, o);
  const key = k + (k === 'walkBackward' || k === 'walkForward' ? ' ' + (items > 12000) : '');
  times.set(key, (times.get(key) ?? 0) + performance.now() - t);
};
const N = Number(process.argv[5] ?? 100);
const each: number[] = [];
const t0 = performance.now();
for (let i = 0; i < N; i++) {
  const t = performance.now();
  await st.step();
  each.push(performance.now() - t);
}
const total = (performance.now() - t0) / N;
each.sort((a, b) => a - b);
console.log(armName, threads, 'ms/step', total.toFixed(2), 'median', each[N >> 1]!.toFixed(2));
let sum = 0;
for (const [k, v] of [...times].sort((a, b) => b[1] - a[1])) {
  sum += v / N;
  console.log(k.padEnd(30), (v / N).toFixed(3));
}
const rr: any = await st.step();
console.log('padded', rr.report.paddedShare);
console.log('kernels', sum.toFixed(2));
net[Symbol.dispose]();
process.exit(0);
