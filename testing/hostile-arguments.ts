/** Calls every public method with what nobody should give it. */

/** What is no argument of anything, or only of something else. */
const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['true', true],
  ['-0', -0],
  ['-1', -1],
  ['a half', 0.5],
  ['2^31', 2 ** 31],
  ['2^32 - 1', 2 ** 32 - 1],
  ['2^32', 2 ** 32],
  ['2^53', 2 ** 53],
  ['infinity', Infinity],
  ['NaN', NaN],
  ['a bigint', 3n],
  ['a symbol', Symbol('s')],
  ['text', 'toString'],
  ['no text', ''],
  ['a function', () => undefined],
  ['an object', {}],
  ['an object without a prototype', Object.create(null)],
  ['an array-like', { length: 2 ** 32 }],
  ['a list', []],
  ['a list of a list', [[]]],
  ['a list of null', [null]],
  ['a list with holes', Array(3)],
  ['a list of symbols', [Symbol('s')]],
  ['a set', new Set([1])],
  ['a map', new Map([[1, 1]])],
  ['a date', new Date(0)],
  ['a promise', Promise.resolve()],
  ['a buffer', new ArrayBuffer(16)],
  ['a DataView', new DataView(new ArrayBuffer(16))],
  ['doubles', new Float64Array(4)],
  ['NaNs', new Float32Array(4).fill(NaN)],
  ['a float too many', new Float32Array(5)],
  ['bytes', new Uint8Array(4)],
  ['bigints', new BigUint64Array(4)],
  ['unknown options', { kind: 'x' }],
  ['a limit of text', { limit: '5' }],
  ['a limit of -1', { limit: -1 }],
  ['a threshold of NaN', { threshold: NaN }],
  ['a filter of a list', { filter: [1] }],
];

/** What engines say of a mistake that nobody has thought of. */
const RAW =
  /Cannot |not a function|not iterable|not an? (object|constructor)|Invalid |undefined \(|out of bounds|unreachable|call stack|Reduce of/;

/**
 * Calls `call` with each hostile value; what is thrown without words of ours, or changes something.
 * @param state what a call that throws leaves as it was.
 */
export function wordless(call: (value: never) => unknown, state: () => string = () => ''): string[] {
  const found: string[] = [];
  for (const [name, value] of HOSTILE) {
    const before = state();
    try {
      call(value as never);
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof Error) || RAW.test(message)) found.push(`${name}: ${message}`);
      if (state() !== before) found.push(`${name} was refused and changed something: ${message}`);
    }
  }
  return found;
}

/** An index, or what else is used, closed and saved like one. */
interface Used {
  close(): void;
  toBytes(): Uint8Array | readonly Uint8Array[];
}

/** As `wordless`, of something that is made anew once a call has gone well, and whose file is as before where it has not. */
export function refused<Index extends Used>(
  make: () => Index,
  call: (index: Index, value: never) => unknown,
): string[] {
  let index = make();
  const use = (value: never): void => {
    call(index, value);
    index.close();
    index = make();
  };
  const state = (): string => {
    const bytes = index.toBytes();
    return Buffer.concat(bytes instanceof Uint8Array ? [bytes] : bytes).toString('latin1');
  };
  return wordless(use, state);
}
