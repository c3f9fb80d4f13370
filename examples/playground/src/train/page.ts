/** The tab on which networks train: what the worker tells is shown, and what is asked here it is told. */
import { atMostEvery, byId, onColours, redrawEvery, say } from '../common/dom.ts';
import { readLink, writeLink } from '../common/link.ts';
import { type ExampleImages, showBuckets } from './buckets-view.ts';
import { Controls } from './controls.ts';
import { showExamples } from './examples-view.ts';
import { FiringView } from './firing-view.ts';
import type { Buckets, FromWorker, Point, ToWorker } from './messages.ts';
import { Pad } from './pad.ts';
import { codeBits, DIGEST_EVERY, linkOf, PIXELS, type Settings, settingsOf } from './settings.ts';
import { showStandings } from './standings-view.ts';

type FiringMessage = FromWorker & { readonly kind: 'firing' };

/** Begins to train, once the worker has the digits. */
export function beginTraining(): unknown {
  return new TrainPage();
}

class TrainPage {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #status = byId('status', HTMLElement);
  readonly #run = byId('run', HTMLButtonElement);
  readonly #controls: Controls;
  readonly #firing = new FiringView((unit) => this.#tell({ kind: 'unit', unit }));
  readonly #pad = new Pad((pixels) => this.#look(pixels));
  readonly #drawPlot = atMostEvery(redrawEvery(200), () => void this.#plot());
  readonly #digests = atMostEvery(1000, (text: string) => say(byId('digest', HTMLElement), text));
  readonly #showFiring = atMostEvery(redrawEvery(0), (message: FiringMessage) => this.#fire(message));
  #settings: Settings;
  #examples: ExampleImages | undefined;
  #points: Point[] = [];
  #running = false;
  /** Whether it was this page that was hidden, and not the user, that ended the training. */
  #rests = false;
  /** Looks that were asked for, and the last of them whose answer was said. */
  #looks = 0;
  #heard = 0;
  #relaxed = false;
  /** The digest after the first steps. */
  #first = '';

  constructor() {
    this.#settings = settingsOf(readLink());
    this.#controls = new Controls(this.#settings, (settings) => this.#start(settings));
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#take(data));
    this.#worker.addEventListener('error', ({ message }) => this.#fail(message));
    this.#run.addEventListener('click', () => this.#setRunning(!this.#running));
    byId('restart', HTMLButtonElement).addEventListener('click', () => this.#start(this.#controls.settings));
    byId('copy', HTMLButtonElement).addEventListener('click', () => void this.#copy());
    const table = byId('table', HTMLInputElement);
    table.addEventListener('input', () => this.#chooseTable(Number(table.value) - 1));
    new ResizeObserver(this.#drawPlot).observe(byId('plot', HTMLElement));
    onColours(this.#drawPlot);
    for (const name of ['visibilitychange', 'tab'])
      document.addEventListener(name, () => this.#restIfHidden());
    this.#start(this.#settings);
  }

  /** Bits of a code, 0 where there are none. */
  get #bits(): number {
    return this.#settings.selector === 'lsh' ? codeBits(this.#settings) : 0;
  }

  #tell(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's, not a window's
    this.#worker.postMessage(message);
  }

  #start(settings: Settings): void {
    this.#settings = settings;
    this.#points = [];
    this.#status.classList.remove('failed');
    this.#drawPlot();
    writeLink({ tab: 'train', ...Object.fromEntries(linkOf(settings)) });
    byId('link', HTMLInputElement).value = location.href;
    say(byId('digest', HTMLElement), 'After 100 steps this page shows a digest of them, to be compared.');
    const table = byId('table', HTMLInputElement);
    table.max = String(settings.tables);
    byId('table-value', HTMLElement).textContent = table.value;
    say(this.#status, 'Drawing the first weights …');
    this.#tell({ kind: 'start', settings });
  }

  #setRunning(running: boolean): void {
    this.#tell({ kind: 'run', running });
    this.#showRunning(running);
    say(this.#status, running ? 'Training.' : 'Paused.');
  }

  #showRunning(running: boolean): void {
    this.#running = running;
    this.#run.disabled = false;
    this.#run.textContent = running ? 'Pause' : 'Go on';
  }

  /** Trains only while it is seen. */
  #restIfHidden(): void {
    const hidden = document.hidden || byId('train', HTMLElement).hidden;
    if (hidden && this.#running) {
      this.#setRunning(false);
      this.#rests = true;
    } else if (!hidden && this.#rests) {
      this.#setRunning(true);
      this.#rests = false;
    }
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case 'examples':
        return this.#takeExamples(message);
      case 'started':
        this.#relaxed = message.relaxed;
        this.#showRunning(true);
        say(this.#status, 'Training.');
        return this.#restIfHidden();
      case 'standings':
        this.#points.push(...message.points);
        if (message.points.length > 0) this.#drawPlot();
        return showStandings(message.standings, this.#settings);
      case 'firing':
        return this.#takeFiring(message);
      case 'buckets':
        return this.#showBuckets(message.buckets);
      case 'weights':
        return this.#firing.showWeights(message.unit, message.weights);
      case 'digest':
        return this.#showDigest(message.steps, message.digest);
      case 'ended':
        this.#showRunning(false);
        return say(this.#status, 'Each network has trained for its time. “Go on” gives them as much again.');
      case 'failed':
        return this.#fail(message.message);
    }
  }

  #takeExamples(examples: ExampleImages): void {
    this.#examples = examples;
    showExamples(examples, (image) => {
      const grey = examples.pixels.slice(image * PIXELS, (image + 1) * PIXELS);
      this.#pad.show(grey);
      this.#look(Float32Array.from(grey, (value) => value / 255));
    });
    // The first one was not asked for, and is not said.
    this.#heard = this.#looks;
  }

  #look(pixels: Float32Array<ArrayBuffer>): void {
    this.#tell({ kind: 'look', pixels, look: ++this.#looks });
  }

  /** What answers the user is shown at once, and said. */
  #takeFiring(message: FiringMessage): void {
    if (message.look === this.#looks && this.#heard < message.look) {
      this.#heard = message.look;
      this.#fire(message);
      say(byId('heard', HTMLElement), this.#firing.summary);
    } else this.#showFiring(message);
  }

  #fire({ firing }: FiringMessage): void {
    this.#firing.show(firing, this.#settings, this.#bits);
  }

  #chooseTable(table: number): void {
    byId('table-value', HTMLElement).textContent = String(table + 1);
    this.#tell({ kind: 'table', table });
  }

  #showBuckets(buckets: Buckets): void {
    const table = byId('table', HTMLInputElement);
    byId('table-value', HTMLElement).textContent = table.value;
    table.parentElement!.hidden = buckets.bits === undefined;
    if (this.#examples) showBuckets(buckets, this.#examples);
  }

  #showDigest(steps: number, digest: string): void {
    if (steps === DIGEST_EVERY) this.#first = digest;
    const kind = this.#relaxed
      ? 'The same where multiplications and additions are fused as here; for all processors choose “The same bits on every processor”.'
      : 'The same on every processor.';
    const later = steps === DIGEST_EVERY ? '' : `, after ${steps.toLocaleString('en')} ${digest}`;
    this.#digests(
      `Digest of the hashed network after ${DIGEST_EVERY} steps: ${this.#first}${later}. ${kind}`,
    );
  }

  async #copy(): Promise<void> {
    const link = byId('link', HTMLInputElement);
    link.select();
    try {
      await navigator.clipboard.writeText(link.value);
      say(this.#status, 'The link is copied.');
    } catch {
      say(this.#status, 'The link is selected: copy it with Ctrl+C, or ⌘C.');
    }
  }

  async #plot(): Promise<void> {
    const { drawPlot } = await import('./plot.ts');
    drawPlot(byId('plot', HTMLElement), this.#points);
  }

  #fail(message: string): void {
    this.#showRunning(false);
    this.#status.classList.add('failed');
    say(this.#status, `It could not go on: ${message}`);
  }
}
