/** Trains, and answers what the page asks of the networks, away from the page's own thread. */
import { mnistSubset } from '@hashgrad/datasets';
import { hasRelaxedSimd } from '@hashgrad/kernels';
import type { FromWorker, ToWorker } from './messages.ts';
import { EXAMPLES, Session } from './session.ts';
import { PIXELS, type Settings } from './settings.ts';

/** Seconds that each network trains before it waits to be asked for more: a page that is forgotten drains no battery. */
const BUDGET = 30;

/** Milliseconds between looks at the digit at hand, and at the buckets, while networks train. */
const LOOK_EVERY = 300;
const BUCKETS_EVERY = 3000;

const data = mnistSubset();
/** What the page wants to see. */
let pixels: Float32Array = new Float32Array(PIXELS);
let look = 0;
let table = 0;
let session: Session | undefined;
let running = false;
let until = BUDGET;
let looping = false;
/** How often there was something to start: what took long to make is for the last one alone. */
let starts = 0;
let looked = 0;
let emptied = 0;

const now = (): number => performance.now() / 1000;

function tell(message: FromWorker): void {
  postMessage(message);
}

/** Tells what changed since the last look. */
function show(what: { readonly buckets: boolean }): void {
  if (!session) return;
  tell({ kind: 'standings', standings: session.standings(), points: [] });
  tell({ kind: 'firing', firing: session.look(pixels), look });
  looked = performance.now();
  if (!what.buckets) return;
  tell({ kind: 'buckets', buckets: session.buckets(table, pixels) });
  emptied = performance.now();
}

async function loop(): Promise<void> {
  if (looping) return;
  looping = true;
  try {
    for (let at = session; running && at; at = session) {
      const { points, digest } = at.turn();
      if (points.length > 0) tell({ kind: 'standings', standings: at.standings(), points });
      if (digest) tell({ kind: 'digest', ...digest });
      const time = performance.now();
      if (time - looked > LOOK_EVERY) show({ buckets: time - emptied > BUCKETS_EVERY });
      if (at.seconds >= until) {
        running = false;
        tell({ kind: 'ended' });
      }
      // Messages have their turn.
      await new Promise((resolve) => setTimeout(resolve));
    }
    show({ buckets: true });
  } finally {
    looping = false;
  }
}

async function start(settings: Settings): Promise<void> {
  const own = ++starts;
  running = false;
  session?.[Symbol.dispose]();
  session = undefined;
  const made = await Session.create(settings, await data, now);
  if (own !== starts) return made[Symbol.dispose]();
  session = made;
  until = BUDGET;
  running = true;
  table = Math.min(table, settings.tables - 1);
  tell({ kind: 'started', relaxed: hasRelaxedSimd() && !settings.portable });
  show({ buckets: true });
  await loop();
}

async function sendExamples(): Promise<void> {
  const { test } = await data;
  const grey = Uint8Array.from(test.inputs.subarray(0, EXAMPLES * PIXELS), (value) =>
    Math.round(255 * value),
  );
  tell({ kind: 'examples', pixels: grey, labels: Uint8Array.from(test.labels.subarray(0, EXAMPLES)) });
}

async function answer(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'start':
      return start(message.settings);
    case 'run':
      running = message.running && session !== undefined;
      if (running && session && session.seconds >= until) until = session.seconds + BUDGET;
      return loop();
    case 'look':
      ({ pixels, look } = message);
      return show({ buckets: !running });
    case 'table':
      ({ table } = message);
      if (session) tell({ kind: 'buckets', buckets: session.buckets(table, pixels) });
      return undefined;
    case 'unit':
      if (session) tell({ kind: 'weights', unit: message.unit, weights: session.weights(message.unit) });
      return undefined;
  }
}

function failed(error: unknown): void {
  running = false;
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}

addEventListener('message', ({ data: message }: MessageEvent<ToWorker>) => {
  answer(message).catch(failed);
});
sendExamples().catch(failed);
