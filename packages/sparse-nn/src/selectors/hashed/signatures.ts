/**
 * The units whose signatures are nearest to the input's: hashing without tables. In a layer of some thousand units looking at
 * all of them is cheap, if a look is at a few words of bits.
 */
import { nearestSignatures } from '@hashgrad/kernels';
import { identity } from '@hashgrad/mips';
import { type Balance, withBalance } from '../balance.ts';
import { balanceCapabilities, checkBalance, type BalanceSpec } from '../balance-spec.ts';
import { ListWriter } from '../unit-lists.ts';
import { hashInput } from '../hash-input.ts';
import { checkHashing, HASHING, HASHING_OPTIONS, type HashingOptions } from './hashing-options.ts';
import {
  activeCount,
  type ActiveSize,
  SIZE_OPTIONS,
  type Selection,
  type Selector,
  type SelectorContext,
  type SelectorDefinition,
  type SelectorSpec,
  type SelectorState,
} from '../selector.ts';
import { arrayOf } from '../selector-state.ts';
import type { SparseActivations } from '../../layers/activations.ts';
import { CODE_BITS, signatureFamily } from './signature-family.ts';
import { RehashedCodes } from './rehashed-codes.ts';
import type { Known } from '../../spec/options.ts';

/** Signatures of the weights as plain JSON, see `signatures`. */
export interface SignaturesSpec extends SelectorSpec, ActiveSize, HashingOptions {
  readonly kind: 'signatures';
  /** Of a signature: a multiple of 64, 64 to 8,192. */
  readonly bits: number;
  /** How the choice is spread over the units. Default: not at all. */
  readonly balance?: BalanceSpec;
}

/**
 * The units with the highest estimates of their inner product with the input. A signature is `bits` (512 by default) signs of
 * random projections, of the weights with their bias, and of the input with a 1 (SimHash; Charikar, STOC 2002); where two
 * differ in d of them, the angle is about pi d / bits, and the inner product the product of the norms and of that angle's
 * cosine. Its error is that of a share of `bits` draws: the cosine's standard deviation is at most pi / (2 sqrt(bits)), 0.07
 * at 512. `rehash` is 50 steps by default, `redraw` 0, `centred` false (see lsh).
 *
 * With another `transform` than identity(), the default, signatures are of the vectors that it makes, and those nearest in
 * angle are chosen, whatever their norms. So lsh() and signatures() of as many bits differ by their look-up alone if all
 * else is the same, a family of projection 'hadamard' included.
 *
 * Other than with tables, as many units are found as may be, and the weights' norms need no transform. But all units are
 * looked at: bits / 64 words for each and sample, where computing it takes as many multiply-adds as there are inputs.
 */
export function signatures(
  parameters: ActiveSize & Partial<Pick<SignaturesSpec, 'bits' | 'balance'> & HashingOptions>,
): SignaturesSpec {
  return { kind: 'signatures', bits: 512, transform: identity(), ...HASHING, ...parameters };
}

export const signaturesSelector: SelectorDefinition = {
  kind: 'signatures',
  options: { ...SIZE_OPTIONS, ...HASHING_OPTIONS, bits: true, balance: true } satisfies Known<SignaturesSpec>,
  check(spec, units) {
    const { bits } = spec as SignaturesSpec;
    const count = activeCount('signatures', spec as SignaturesSpec, units);
    checkBalance('signatures', (spec as SignaturesSpec).balance, count / units);
    if (!(Number.isInteger(bits) && bits >= 64 && bits <= 8192 && bits % 64 === 0)) {
      throw new RangeError(`signatures: bits is a multiple of 64, 64 to 8192; got ${bits}.`);
    }
    checkHashing('signatures', spec as SignaturesSpec, signatureFamily(bits));
  },
  capabilities: (spec) => ({
    ...balanceCapabilities((spec as SignaturesSpec).balance),
    variants: [64, 128, 256, 512, 1024, 2048].map((bits) => ({ ...(spec as SignaturesSpec), bits })),
  }),
  bind(spec, context) {
    const count = activeCount('signatures', spec as SignaturesSpec, context.units);
    const { balance } = spec as SignaturesSpec;
    return withBalance(
      balance,
      context,
      count,
      (bound) => new Signatures(spec as SignaturesSpec, context, bound),
    );
  },
};

/** The highest score that the kernel has a bin for. */
const HIGHEST = 1023;

class Signatures implements Selector {
  readonly maxActive: number;
  readonly keepProbability = 1;
  readonly #context: SelectorContext;
  readonly #words: number;
  readonly #codes: RehashedCodes;
  /** Those of the units, and of a batch of inputs: codes one after the other. */
  readonly #signatures: Uint32Array;
  readonly #asked: Uint32Array;
  readonly #inputCodes: Uint32Array;
  /** Of the weights as they were hashed, scaled so that the largest is the highest score. */
  readonly #norms: Float32Array;
  readonly #cosines: Float32Array;
  /** What is chosen by in place of the norms alone, where the choice is balanced. */
  readonly #balanced: BalancedScores | undefined;
  readonly #nearest: Int32Array;
  readonly #writer: ListWriter;

  constructor(spec: SignaturesSpec, context: SelectorContext, balance: Balance | undefined) {
    const { bits } = spec;
    const { team, units, batch } = context;
    const { arena } = team;
    this.maxActive = activeCount('signatures', spec, units);
    this.#context = context;
    this.#words = bits / 64;
    const family = signatureFamily(bits);
    this.#codes = new RehashedCodes({ ...spec, family }, context);
    const { tables } = family;
    this.#signatures = arena.uint32((units * tables) / 2);
    this.#asked = arena.uint32((batch * tables) / 2);
    this.#inputCodes = arena.uint32(batch * tables);
    this.#norms = arena.float32(units);
    this.#cosines = arena.float32(bits + 1);
    for (let d = 0; d <= bits; d++) this.#cosines[d] = Math.cos((Math.PI * d) / bits);
    this.#nearest = arena.int32(batch * this.maxActive);
    if (balance?.weighs) this.#balanced = new BalancedScores(balance, context);
    this.#writer = new ListWriter(units);
    this.#refresh();
  }

  select(selection: Selection, output: SparseActivations): void {
    const { counts, units, team } = this.#context;
    const { input, batch, training } = selection;
    const { hasher } = this.#codes;
    if (training) this.#codes.seen(selection);
    hashInput(hasher, input, batch, this.#inputCodes, counts);
    counts.time('choose', () => {
      transpose(this.#inputCodes, batch, this.#asked, hasher.tables);
      const k = this.maxActive;
      const ids = this.#nearest;
      const signed = { signatures: this.#signatures, queries: this.#asked, words: this.#words };
      const scored = {
        norms: this.#norms,
        cosines: this.#cosines,
        ...this.#balanced?.of(this.#norms),
        units,
        k,
      };
      nearestSignatures(team, { ids, ...signed, ...scored }, batch);
      this.#writer.write(selection, output, k, (s) => ids.subarray(s * k, s * k + k));
    });
    // Of each unit: its score, which falls into a bin and is compared with the lowest bin that is taken.
    const looked = batch * units;
    counts.add('choose', { words: looked * this.#words, multiplyAdds: looked, comparisons: 2 * looked });
  }

  updated(rows: Int32Array): void {
    if (this.#codes.updated(rows)) this.#refresh();
  }

  state(): SelectorState {
    const { arrays, values } = this.#codes.state();
    return { arrays: { ...arrays, norms: this.#norms }, values };
  }

  restore(state: SelectorState): void {
    this.#codes.restore(state);
    this.#norms.set(arrayOf(state, 'norms', Float32Array, this.#norms.length));
    this.#sign();
  }

  rewritten(): void {
    this.#codes.rehashAll();
    this.#refresh();
  }

  codesChanged(): number {
    return this.#codes.codesChanged();
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    this.#codes[Symbol.dispose]();
    this.#balanced?.[Symbol.dispose]();
    for (const view of [
      this.#signatures,
      this.#asked,
      this.#inputCodes,
      this.#norms,
      this.#cosines,
      this.#nearest,
    ]) {
      if (view) arena.free(view);
    }
  }

  /** Takes the norms of the weights, and their codes, as they are now. */
  #refresh(): void {
    const { units, counts } = this.#context;
    const norms = this.#norms;
    this.#sign();
    counts.time('rehash', () => {
      // A transform that appends coordinates makes all vectors equally long.
      if (this.#codes.hasher.transform.tailWidth > 0) return void norms.fill(HIGHEST);
      this.#codes.lengths(norms);
      const largest = norms.reduce((most, norm) => Math.max(most, norm), 0);
      if (largest > 0) for (let u = 0; u < units; u++) norms[u] = (HIGHEST * norms[u]!) / largest;
    });
  }

  #sign(): void {
    const { counts, units } = this.#context;
    counts.time('rehash', () =>
      transpose(this.#codes.values, units, this.#signatures, this.#codes.hasher.tables),
    );
  }
}

/**
 * Norms and biases with which the kernel's scores, in its range, are those that a balance decides by: a norm times its scale, and
 * the bias as a share of the highest score.
 */
class BalancedScores implements Disposable {
  readonly #balance: Balance;
  readonly #context: SelectorContext;
  readonly #norms: Float32Array;
  readonly #biases: Float32Array;

  constructor(balance: Balance, context: SelectorContext) {
    const { team, units } = context;
    this.#balance = balance;
    this.#context = context;
    this.#norms = team.arena.float32(units);
    this.#biases = team.arena.float32(units);
  }

  /** Of norms up to the highest score. */
  of(norms: Float32Array): { readonly norms: Float32Array; readonly biases: Float32Array } {
    const { scales, biases } = this.#balance;
    let most = 1;
    for (let u = 0; u < norms.length; u++) {
      most = Math.max(most, (norms[u]! * scales[u]!) / HIGHEST + Math.abs(biases[u]!));
    }
    for (let u = 0; u < norms.length; u++) {
      this.#norms[u] = (norms[u]! * scales[u]!) / most;
      this.#biases[u] = (HIGHEST * biases[u]!) / most;
    }
    this.#context.counts.add('choose', { multiplyAdds: 2 * norms.length });
    return { norms: this.#norms, biases: this.#biases };
  }

  [Symbol.dispose](): void {
    const { arena } = this.#context.team;
    arena.free(this.#norms);
    arena.free(this.#biases);
  }
}

/** Puts the codes of each of `count` vectors together, as the kernel reads them, which compares words of 64 bits: code t of vector i comes from codes[t * count + i]. */
function transpose(codes: Uint32Array, count: number, words: Uint32Array, tables: number): void {
  for (let i = 0, at = 0; i < count; i++) {
    for (let t = 0; t < tables; t += 2) {
      words[at++] = codes[t * count + i]! | (codes[(t + 1) * count + i]! << CODE_BITS);
    }
  }
}
