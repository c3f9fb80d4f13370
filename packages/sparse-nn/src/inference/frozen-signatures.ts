/** Signatures of a layer's weights that change no more. */
import { checkSignatures, type SearchEffort, type TuneGoal } from '@hashgrad/mips';
import { checkOptions } from '../spec/options.ts';

/** Bits of a signature, and how thoroughly they are searched: as of a MipsIndex. */
export interface SignatureOptions extends Pick<SearchEffort, 'slack' | 'reach' | 'share'> {
  /** A multiple of 64 up to 1,024. Default 128. */
  readonly bits?: number | undefined;
}

/** What `FrozenNetwork.tune` aims at; see `MipsIndex.tune`. */
export type SignatureGoal = Pick<TuneGoal, 'recall' | 'k' | 'bits' | 'sample'>;

/** What makes the same signatures again. */
export interface FrozenSignatures extends SignatureOptions {
  readonly bits: number;
  /** Of the hash functions. */
  readonly seed: number;
}

/** The options with their defaults. @throws {RangeError} @throws {TypeError} if one is unknown or out of range. */
export function acceptSignatures(options: SignatureOptions): SignatureOptions & { readonly bits: number } {
  checkOptions('signatures', options, { bits: true, slack: true, reach: true, share: true });
  const { bits = 128, ...effort } = options;
  checkSignatures(bits, effort);
  return { bits, ...effort };
}
