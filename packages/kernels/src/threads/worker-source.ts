import {
  ARGUMENTS,
  ARGUMENTS_AT,
  CLAIMED_AT,
  CLAIMED_STRIDE,
  CROWDED,
  CROWDED_PATIENCE,
  DONE,
  ERROR_AT,
  ERROR_LENGTH,
  FAILED,
  FINISHED_AT,
  GENERATION,
  GRAIN,
  ITEMS,
  KERNEL,
  MOST_ARGUMENTS,
  MOST_CHARACTERS,
  MOST_THREADS,
  PATIENCE,
  QUIT,
  SCRATCH,
  SCRATCH_BYTES,
  SLEEPING,
  THREADS,
  WAITING,
  WOKEN_AT,
  WORDS,
} from './control.ts';

/**
 * The program of a worker thread, as text: it starts from a string, so that no bundler has to find a file.
 * It looks for a job until the generation changes, and sleeps after a while; claims chunks of the job until none is left, its own
 * ones first (see team.ts); and reports. The layout of the control block is in control.ts.
 */
export const workerSource: string = `
const start = ({ module, memory, control, member }, ready) => {
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const kernels = WebAssembly.Module.exports(module).map(({ name }) => exports[name]);
  const words = new Int32Array(control, 0, ${WORDS});
  const values = new Float64Array(control, ${ARGUMENTS_AT}, ${MOST_ARGUMENTS});
  const woken = new Int32Array(control, ${WOKEN_AT}, ${MOST_THREADS});
  const finished = new Int32Array(control, ${FINISHED_AT}, ${MOST_THREADS});
  const text = new Uint16Array(control, ${ERROR_AT}, ${MOST_CHARACTERS});
  const threads = words[${THREADS}];
  const claimed = new Int32Array(control, ${CLAIMED_AT}, threads * ${CLAIMED_STRIDE});
  ready();
  let generation = 0;
  for (;;) {
    const patience = words[${CROWDED}] > 0 ? ${CROWDED_PATIENCE} : ${PATIENCE};
    for (let looks = 0; looks < patience && Atomics.load(words, ${GENERATION}) === generation; looks++);
    if (Atomics.load(words, ${GENERATION}) === generation) {
      Atomics.add(words, ${SLEEPING}, 1);
      while (Atomics.load(words, ${GENERATION}) === generation) Atomics.wait(words, ${GENERATION}, generation);
      Atomics.sub(words, ${SLEEPING}, 1);
    }
    generation = Atomics.load(words, ${GENERATION});
    Atomics.store(woken, member, generation);
    if (Atomics.load(words, ${QUIT})) return;
    const job = kernels[words[${KERNEL}]];
    const items = words[${ITEMS}];
    const grain = words[${GRAIN}];
    const parameters = Array.from(values.subarray(0, words[${ARGUMENTS}]));
    const scratch = (words[${SCRATCH}] >>> 0) + (words[${SCRATCH_BYTES}] >>> 0) * member;
    const chunks = Math.ceil(items / grain);
    try {
      for (let i = 0; i < threads; i++) {
        const owner = (member + i) % threads;
        const first = Math.floor((owner * chunks) / threads);
        const last = Math.floor(((owner + 1) * chunks) / threads);
        for (;;) {
          const chunk = first + Atomics.add(claimed, owner * ${CLAIMED_STRIDE}, 1);
          if (chunk >= last) break;
          job(...parameters, chunk * grain, Math.min((chunk + 1) * grain, items), scratch);
        }
      }
    } catch (error) {
      if (Atomics.compareExchange(words, ${FAILED}, 0, member) === 0) {
        const said = String(error).slice(0, text.length);
        for (let i = 0; i < said.length; i++) text[i] = said.charCodeAt(i);
        words[${ERROR_LENGTH}] = said.length;
      }
    }
    Atomics.store(finished, member, generation);
    Atomics.add(words, ${DONE}, 1);
    if (Atomics.load(words, ${WAITING})) Atomics.notify(words, ${DONE});
  }
};
const parent = globalThis.process?.getBuiltinModule?.('node:worker_threads')?.parentPort;
if (parent) parent.once('message', (message) => { start(message, () => parent.postMessage('ready')); process.exit(); });
else onmessage = ({ data }) => { start(data, () => postMessage('ready')); close(); };
`;
