/** The page: trains both models by turns, and shows what they make of it. */
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { drawLosses } from './chart.ts';
import { denseLearner, hashedLearner, type Learner, type Measured } from './learners.ts';
import shakespeare from './shakespeare.txt?raw';
import { CONTEXT, rowsOf, wordsOf, type Rows } from './words.ts';

const CLASSES = 5000;
const BATCH = 32;
const MEASURE_EVERY = 25;
const MEASURED_ROWS = 256;

/** One of the models, and how it went. */
interface Course {
  readonly learner: Learner;
  readonly milliseconds: number[];
  readonly losses: [step: number, loss: number][];
  last: Measured | undefined;
}

const element = (id: string): HTMLElement => document.getElementById(id)!;
/** `text` counts texts: the loop of an earlier one ends when it sees a later one. */
const state = { paused: false, text: 0 };

/** Trains on a text until another one comes. */
async function learn(text: string): Promise<void> {
  const own = ++state.text;
  const goesOn = (): boolean => own === state.text;
  const rows = rowsOf(text, CLASSES);
  if (rows.test.length < 2 * CONTEXT) {
    element('status').textContent = 'This text is too short.';
    return;
  }
  const courses = [await hashedLearner(CLASSES, MEASURED_ROWS), denseLearner(CLASSES)].map(
    (learner): Course => ({ learner, milliseconds: [], losses: [], last: undefined }),
  );
  element('status').textContent =
    `${rows.train.length.toLocaleString('en')} words to learn from, ${rows.vocabulary.length.toLocaleString('en')} different ones`;
  for (let step = 0; goesOn(); step++) {
    if (step % MEASURE_EVERY === 0) await show(courses, rows, step);
    const batch = draw(rows.train, BATCH);
    for (const { learner, milliseconds } of courses) {
      const start = performance.now();
      learner.step(...batch);
      milliseconds.push(performance.now() - start);
    }
    do await tf.nextFrame();
    while (state.paused && goesOn());
  }
  for (const { learner } of courses) learner.close();
}

/** So many rows from anywhere in the words. */
function draw(words: Int32Array, count: number): [words: Int32Array, labels: Int32Array] {
  const starts = Array.from({ length: count }, () => Math.floor(Math.random() * (words.length - CONTEXT)));
  return rowsAt(words, starts);
}

function rowsAt(words: Int32Array, starts: readonly number[]): [words: Int32Array, labels: Int32Array] {
  return [
    Int32Array.from(starts.flatMap((start) => [...words.subarray(start, start + CONTEXT)])),
    Int32Array.from(starts, (start) => words[start + CONTEXT]!),
  ];
}

/** Measures both, and draws what there is to see. */
async function show(courses: readonly Course[], rows: Rows, step: number): Promise<void> {
  const count = Math.min(MEASURED_ROWS, rows.test.length - CONTEXT);
  const held = rowsAt(
    rows.test,
    Array.from({ length: count }, (_, i) => i),
  );
  for (const course of courses) {
    course.last = await course.learner.measure(...held);
    course.losses.push([step, course.last.loss]);
  }
  drawLosses(
    element('chart'),
    courses.map(({ learner, losses }) => ({ name: learner.name, losses })),
  );
  element('rows').replaceChildren(
    ...courses.map(({ learner, milliseconds, last }) =>
      line(learner.name, [
        learner.name,
        String(step),
        median(milliseconds).toFixed(1),
        last!.loss.toFixed(3),
        `${(100 * last!.accuracy).toFixed(1)} %`,
      ]),
    ),
  );
  await predict(courses, rows);
}

/** What both say comes after the words of the prompt. */
async function predict(courses: readonly Course[], { vocabulary }: Rows): Promise<void> {
  const words = wordsOf((element('prompt') as HTMLInputElement).value).slice(-CONTEXT);
  const ids = words.map((word) => vocabulary.indexOf(word));
  if (ids.length < CONTEXT || ids.includes(-1)) {
    element('next').replaceChildren(line('', ['Three words that are in the text, please.']));
    return;
  }
  const lines = courses.map(async ({ learner }) => {
    const best = await learner.next(Int32Array.from(ids), 5);
    return line(learner.name, [learner.name, ...Array.from(best, (id) => vocabulary[id] ?? '–')]);
  });
  element('next').replaceChildren(...(await Promise.all(lines)));
}

function line(name: string, cells: readonly string[]): HTMLElement {
  const row = document.createElement('tr');
  row.className = name;
  row.append(...cells.map((text) => Object.assign(document.createElement('td'), { textContent: text })));
  return row;
}

/** Of the last ones. */
function median(values: readonly number[]): number {
  const last = values.slice(-50).toSorted((a, b) => a - b);
  return last[Math.floor(last.length / 2)] ?? 0;
}

element('toggle').addEventListener('click', () => {
  state.paused = !state.paused;
  element('toggle').textContent = state.paused ? 'Go on' : 'Pause';
});
for (const [event, over] of [
  ['dragover', true],
  ['dragleave', false],
  ['drop', false],
] as const) {
  document.addEventListener(event, (happened) => {
    happened.preventDefault();
    element('drop').classList.toggle('over', over);
    const file = event === 'drop' ? (happened as DragEvent).dataTransfer?.files[0] : undefined;
    if (file) void file.text().then(learn);
  });
}

setWasmPaths({
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
});
// A bundler's short names break the workers of its threads, which isolated pages would get.
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
if (!(await tf.setBackend('wasm'))) throw new Error('The wasm backend of TensorFlow.js does not start.');
await learn(shakespeare);
