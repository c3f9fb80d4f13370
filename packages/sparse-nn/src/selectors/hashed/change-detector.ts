/** How far weight vectors have turned since they were last looked at, by short signatures: see rehashOnChange. */
import { randomStream } from '@hashgrad/kernels';
import { bindHasher, type Hasher } from '@hashgrad/lsh';
import type { SelectorContext } from '../selector.ts';
import { signatureFamily } from './signature-family.ts';

export class ChangeDetector implements Disposable {
  readonly #context: SelectorContext;
  readonly #bits: number;
  /** Its codes are parts of a signature. */
  readonly #hasher: Hasher;
  /** Part t of unit u's signature is signatures[t * units + u]. */
  readonly #signatures: Uint32Array;
  readonly #now: Uint32Array;

  constructor(bits: number, context: SelectorContext) {
    const { team, units, inputs, seed, name } = context;
    this.#context = context;
    this.#bits = bits;
    this.#hasher = bindHasher(signatureFamily(bits), {
      dimensions: inputs,
      tailWidth: 0,
      seed: randomStream(seed, `${name} signatures`).integer(2 ** 31),
      team,
    });
    this.#signatures = team.arena.uint32(units * this.#hasher.tables);
    this.#now = team.arena.uint32(units * this.#hasher.tables);
  }

  get signatures(): Uint32Array {
    return this.#signatures;
  }

  /** Share of all bits that differ from those kept; `rows` (in the arena) are the units that may. */
  changed(rows: Int32Array): number {
    const { counts, units, inputs } = this.#context;
    const [then, now] = [this.#signatures, this.#now];
    return counts.time('rehash', () => {
      this.#hash(rows, now);
      let different = 0;
      for (let from = 0; from < then.length; from += units) {
        for (const u of rows) different += ones(then[from + u]! ^ now[from + u]!);
      }
      counts.add('rehash', this.#hasher.operations(inputs), rows.length);
      counts.add('rehash', { words: (rows.length * this.#bits) / 64 });
      return different / (units * this.#bits);
    });
  }

  /** Keeps the signatures that `rows` have now. */
  keep(rows: Int32Array): void {
    const { counts, inputs } = this.#context;
    counts.time('rehash', () => this.#hash(rows, this.#signatures));
    counts.add('rehash', this.#hasher.operations(inputs), rows.length);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#hasher[Symbol.dispose]();
    arena.free(this.#signatures);
    arena.free(this.#now);
  }

  #hash(rows: Int32Array, codes: Uint32Array): void {
    const { weights, units } = this.#context;
    const { values, stride, width } = weights;
    if (rows.length > 0) {
      this.#hasher.hash({ values, stride, width }, rows.length, { codes, stride: units }, rows);
    }
  }
}

/** Bits of a code that are 1. */
function ones(code: number): number {
  let count = 0;
  for (let left = code; left !== 0; left &= left - 1) count++;
  return count;
}
