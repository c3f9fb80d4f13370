/**
 * The program of a worker thread, as text: it starts from a string, so that no bundler has to find a file.
 * It sleeps until the generation changes, claims chunks of the current job until none is left, and reports.
 * The layout of the control block is in control.ts.
 */
export const workerSource: string = `
const start = ({ module, memory, control, spins, member }, ready) => {
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const kernels = WebAssembly.Module.exports(module).map(({ name }) => exports[name]);
  const words = new Int32Array(control, 0, 16);
  const values = new Float64Array(control, 64, 24);
  const woken = new Int32Array(control, 256, 64);
  const finished = new Int32Array(control, 512, 64);
  const text = new Uint16Array(control, 768, 256);
  ready();
  let generation = 0;
  for (;;) {
    for (let spin = 0; Atomics.load(words, 0) === generation; spin++) {
      if (spin >= spins) Atomics.wait(words, 0, generation);
    }
    generation = Atomics.load(words, 0);
    Atomics.store(woken, member, generation);
    if (Atomics.load(words, 6)) return;
    const job = kernels[words[3]];
    const items = words[4];
    const grain = words[5];
    const parameters = Array.from(values.subarray(0, words[7]));
    const scratch = (words[8] >>> 0) + (words[9] >>> 0) * member;
    try {
      for (;;) {
        const begin = Atomics.add(words, 1, 1) * grain;
        if (begin >= items) break;
        job(...parameters, begin, Math.min(begin + grain, items), scratch);
      }
    } catch (error) {
      if (Atomics.compareExchange(words, 10, 0, member) === 0) {
        const said = String(error).slice(0, text.length);
        for (let i = 0; i < said.length; i++) text[i] = said.charCodeAt(i);
        words[11] = said.length;
      }
    }
    Atomics.store(finished, member, generation);
    Atomics.add(words, 2, 1);
    Atomics.notify(words, 2);
  }
};
const parent = globalThis.process?.getBuiltinModule?.('node:worker_threads')?.parentPort;
if (parent) parent.once('message', (message) => { start(message, () => parent.postMessage('ready')); process.exit(); });
else onmessage = ({ data }) => { start(data, () => postMessage('ready')); close(); };
`;
