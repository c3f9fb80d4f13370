/** A race of three networks over one training set, and looks at what the one that hashes does. */
import type { DenseDataset, Split } from '@hashgrad/datasets';
import { takeRows } from '@hashgrad/datasets';
import type { DenseInputs, UnitChoice } from '@hashgrad/sparse-nn';
import { Contest } from './contest.ts';
import { digestOf } from './digest.ts';
import type { Buckets, Firing, FiringUnit, Point, Standing } from './messages.ts';
import { Racer } from './racer.ts';
import { codeBits, DIGEST_EVERY, NETWORKS, PIXELS, type Settings } from './settings.ts';

/** Seconds of a turn: long beside a step, and short beside what an eye follows. */
const SLICE = 0.05;

/** Test images by which accuracy is told, and those of them that are shown in buckets. */
export const TESTED = 1000;
export const EXAMPLES = 300;

/** What a turn came to. */
export interface Turn {
  readonly points: readonly Point[];
  readonly digest?: { readonly steps: number; readonly digest: string };
}

export class Session implements Disposable {
  readonly settings: Settings;
  readonly #racers: readonly Racer[];
  readonly #contest: Contest<Racer>;
  readonly #test: DenseDataset;
  readonly #examples: DenseDataset;
  /** The last measure of each network, and the time at which the next is due. */
  readonly #accuracy = new Map<Racer, number>();
  readonly #due = new Map<Racer, number>();

  private constructor(settings: Settings, racers: readonly Racer[], test: DenseDataset, now: () => number) {
    this.settings = settings;
    this.#racers = racers;
    this.#contest = new Contest(racers, SLICE, now);
    this.#test = takeRows(test, TESTED);
    this.#examples = takeRows(test, EXAMPLES);
  }

  /** @param now Tells the time in seconds. */
  static async create(settings: Settings, data: Split<DenseDataset>, now: () => number): Promise<Session> {
    const train = takeRows(data.train, settings.images);
    const racers: Racer[] = [];
    try {
      for (const name of NETWORKS) racers.push(await Racer.create(name, settings, train));
    } catch (error) {
      for (const racer of racers) racer[Symbol.dispose]();
      throw error;
    }
    return new Session(settings, racers, data.test, now);
  }

  /** Seconds that each network has trained, at least. */
  get seconds(): number {
    return this.#contest.least;
  }

  /** Trains the network whose turn it is, and measures it where that is due: often at first, and then ever less. */
  turn(): Turn {
    const racer = this.#contest.turn();
    const seconds = this.#contest.seconds(racer);
    const points: Point[] = [];
    if (seconds >= (this.#due.get(racer) ?? 0)) {
      const { accuracy } = racer.net.evaluate(this.#test, { pass: 'sparse' });
      this.#accuracy.set(racer, accuracy);
      this.#due.set(racer, seconds + Math.max(0.3, seconds * 0.15));
      points.push({ name: racer.name, seconds, accuracy });
    }
    const { steps } = racer;
    if (racer !== this.#hashed || steps === 0 || steps % DIGEST_EVERY !== 0) return { points };
    return { points, digest: { steps, digest: digestOf(racer.net) } };
  }

  standings(): Standing[] {
    return this.#racers.map((racer) => ({
      name: racer.name,
      units: racer.net.spec.layers[0]!.units,
      steps: racer.steps,
      seconds: this.#contest.seconds(racer),
      passes: racer.passes,
      accuracy: this.#accuracy.get(racer),
    }));
  }

  /** What fires for one image. */
  look(pixels: Float32Array): Firing {
    const row = oneRow(pixels);
    const [choice] = this.#hashed.net.choices(0, row) as [UnitChoice];
    const best = new Set(choice.best);
    const chosen = new Set(choice.units);
    const tables = tablesByUnit(choice);
    const firing: FiringUnit[] = Array.from(choice.units, (unit, i) => ({
      unit,
      activation: choice.activations[i]!,
      best: best.has(unit),
      tables: tables.get(unit) ?? [],
    })).toSorted((a, b) => b.activation - a.activation);
    const missed = [...best].filter((unit) => !chosen.has(unit));
    const answers = this.#racers.map(({ name, net }) => {
      const { ids, scores } = net.predict(row, { pass: 'sparse' });
      return { name, digit: ids[0]!, probability: scores[0]! };
    });
    const codes = (choice.lookups ?? []).map(({ code }) => code);
    const counts = { units: this.settings.units, best: best.size, found: best.size - missed.length };
    return { ...counts, firing, missed, codes, answers };
  }

  /** What lies in the buckets of one table: units of the layer, and examples whose look-up comes there. */
  buckets(table: number, pixels: Float32Array): Buckets {
    const { net } = this.#hashed;
    const images = new Map<number, { units: number; images: number[] }>();
    for (const [i, { lookups }] of net.choices(0, this.#examples).entries()) {
      const lookup = lookups?.[table];
      if (!lookup) return { table, bits: undefined, buckets: [], own: undefined };
      const bucket = images.get(lookup.code) ?? { units: lookup.units.length, images: [] };
      bucket.images.push(i);
      images.set(lookup.code, bucket);
    }
    const [{ lookups }] = net.choices(0, oneRow(pixels)) as [UnitChoice];
    const buckets = [...images]
      .map(([code, bucket]) => ({ code, ...bucket }))
      .toSorted((a, b) => b.images.length - a.images.length || a.code - b.code);
    return { table, bits: codeBits(this.settings), buckets, own: lookups?.[table]?.code };
  }

  /** The weights of one hidden unit, a number for each pixel. */
  weights(unit: number): Float32Array<ArrayBuffer> {
    const { weights } = this.#hashed.net.copyWeights(0);
    return weights.slice(unit * PIXELS, (unit + 1) * PIXELS) as Float32Array<ArrayBuffer>;
  }

  [Symbol.dispose](): void {
    for (const racer of this.#racers) racer[Symbol.dispose]();
  }

  get #hashed(): Racer {
    return this.#racers[0]!;
  }
}

function oneRow(pixels: Float32Array): DenseInputs {
  return { rows: 1, columns: PIXELS, inputs: pixels };
}

/** For each unit that was met, the tables in whose bucket it lay. */
function tablesByUnit({ lookups = [] }: UnitChoice): Map<number, number[]> {
  const tables = new Map<number, number[]>();
  for (const { table, units } of lookups) {
    for (const unit of units) {
      const list = tables.get(unit);
      if (list) list.push(table);
      else tables.set(unit, [table]);
    }
  }
  return tables;
}
