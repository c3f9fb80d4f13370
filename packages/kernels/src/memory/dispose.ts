/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `Symbol.dispose` where an engine has none (Safari, and browsers before 2025): compiled `using` asks for it. The reference
 * above gives consumers its types, whatever `lib` they compile with. package.json names this file among `sideEffects`: bundlers
 * would leave it out.
 */
interface MaybeDispose {
  dispose?: symbol;
  asyncDispose?: symbol;
}

const symbols: MaybeDispose = Symbol as MaybeDispose;
symbols.dispose ??= Symbol('Symbol.dispose');
symbols.asyncDispose ??= Symbol('Symbol.asyncDispose');

export {};
