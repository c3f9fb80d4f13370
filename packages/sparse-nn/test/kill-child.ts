/**
 * What the kill test kills: a run of training that saves itself every few steps and goes on from what is saved.
 * Arguments: the checkpoint's path, and threads. Prints 'training' when it starts and a digest of the weights when it is
 * done.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { simHash } from '@hashgrad/lsh';
import { adam, hidden, lsh, Network, network, nonZerosOf, random, softmax } from '@hashgrad/sparse-nn';
import { bags } from './data.ts';
import { snapshot } from './training.ts';

const [path, threads] = process.argv.slice(2);
const examples = bags({ rows: 300, columns: 200, classes: 300, mostLabels: 3 });
const validation = { examples: bags({ rows: 60, columns: 200, classes: 300, mostLabels: 3, seed: 2 }) };
const tables = { family: simHash({ bits: 4, tables: 7 }), rehash: 3 };
const spec = network(
  200,
  [
    hidden(24),
    hidden(40, random({ count: 12 })),
    softmax(300, lsh({ count: 30, pad: 'uniform', logQ: true, ...tables })),
  ],
  adam({ rate: 0.003, firstMoment: 'bfloat16', secondMoment: 'bfloat16' }),
);
const options = { threads: Number(threads) };
using net = existsSync(path)
  ? await Network.load(path, options)
  : await Network.create(spec, {
      ...options,
      batchSize: 30,
      nonZeros: nonZerosOf([examples, validation.examples], 30),
    });
process.stdout.write('training\n');
const epochs = net.fit(examples, {
  epochs: 16,
  resume: true,
  validation,
  earlyStopping: { patience: 16, restoreBest: true },
  checkpoint: { path, everySteps: 1 },
  // Time in which to be killed, between steps too.
  onStep: () => setTimeout(4),
});
for await (const { epoch } of epochs) process.stdout.write(`epoch ${epoch}\n`);
const hash = createHash('sha256');
for (const array of snapshot(net)) hash.update(array);
process.stdout.write(`${hash.digest('hex')}\n`);
