/** What `HashedModel.fit` is told, checked, and the callbacks that hear of it. */
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  Callback,
  CallbackList,
  CustomCallback,
  History,
  type CustomCallbackArgs,
} from '@tensorflow/tfjs-layers';
import { checkCount, checkOptions, shown, type Known } from './options.ts';
import type { LabelsLike } from './rows.ts';

/** What a model takes: a tensor, or one for each of its inputs, whose first dimension are the rows. */
export type Features = Tensor | readonly Tensor[];

/** Arguments of `HashedModel.fit`, as `LayersModel.fit` has them. */
export interface HashedFitArgs {
  /** Rows in a batch. Default 32. */
  readonly batchSize?: number | undefined;
  /** Where training ends: the number of the last epoch. Default 1. */
  readonly epochs?: number | undefined;
  /** The epoch at which it begins. Default 0. */
  readonly initialEpoch?: number | undefined;
  /** Whether each epoch takes the rows in an order of its own. Default true. */
  readonly shuffle?: boolean | undefined;
  /** Evaluated after each epoch, into `val_loss` and `val_acc`. */
  readonly validationData?: readonly [Features, LabelsLike] | undefined;
  /** Share of the rows, the last ones, that is held back and evaluated in place of `validationData`. */
  readonly validationSplit?: number | undefined;
  /** Told of epochs and batches; `onBatchEnd` and `onEpochEnd` get numbers. */
  readonly callbacks?: readonly Callback[] | CustomCallbackArgs | readonly CustomCallbackArgs[] | undefined;
}

const KNOWN: Known<HashedFitArgs> = {
  batchSize: true,
  epochs: true,
  initialEpoch: true,
  shuffle: true,
  validationData: true,
  validationSplit: true,
  callbacks: true,
};

/** With their defaults. */
export interface AcceptedFitArgs extends Pick<HashedFitArgs, 'validationData'> {
  readonly batchSize: number;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly shuffle: boolean;
  readonly validationSplit: number;
  readonly callbacks: readonly (Callback | CustomCallbackArgs)[];
}

/** @throws {RangeError} @throws {TypeError} for what cannot be meant, naming it. */
export function acceptFitArgs(args: HashedFitArgs): AcceptedFitArgs {
  checkOptions('HashedModel.fit', args, KNOWN);
  const { batchSize = 32, epochs = 1, initialEpoch = 0, shuffle = true } = args;
  const { validationData, validationSplit = 0, callbacks = [] } = args;
  checkCount('batchSize', batchSize);
  checkCount('epochs', epochs);
  checkCount('initialEpoch', initialEpoch, 0);
  if (typeof shuffle !== 'boolean') throw new TypeError(`shuffle is true or false; got ${shown(shuffle)}.`);
  if (!(validationSplit >= 0 && validationSplit < 1)) {
    throw new RangeError(`validationSplit is a share from 0 to below 1; got ${shown(validationSplit)}.`);
  }
  if (validationData !== undefined && !(Array.isArray(validationData) && validationData.length === 2)) {
    throw new TypeError(`validationData is [x, labels]; got ${shown(validationData)}.`);
  }
  const list = (Array.isArray(callbacks) ? callbacks : [callbacks]) as AcceptedFitArgs['callbacks'];
  return { batchSize, epochs, initialEpoch, shuffle, validationData, validationSplit, callbacks: list };
}

/** The callbacks, with one that keeps the history; all give turns to the screen every so often, as in tfjs. */
export function callbacksOf(given: AcceptedFitArgs['callbacks']): {
  readonly list: CallbackList;
  readonly history: History;
} {
  const history = new History();
  const own = given.map((each) => (each instanceof Callback ? each : new CustomCallback(each, 'auto')));
  const yields = own.some((each) => each instanceof CustomCallback) ? [] : [new CustomCallback({}, 'auto')];
  return { history, list: new CallbackList([...yields, ...own, history]) };
}
