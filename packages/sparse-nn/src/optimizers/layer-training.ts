/** Whether and how fast a layer is trained. */

/** How a layer is trained, apart from the others. */
export interface LayerTraining {
  /**
   * Whether training changes the layer's weights. false: they stay, and gradients pass through to the layers before it, as far as
   * one of those is trainable. Default true.
   */
  readonly trainable?: boolean;
  /** Multiplies the optimizer's rate for this layer, above 0; weightDecay goes by that rate too. Default 1. */
  readonly rateScale?: number;
}

/**
 * 'update': all of a backward pass at once. Where gradients are clipped by the norm of all of them it comes in two:
 * 'measure' finds what flows back, and how long the gradients are; then 'apply' updates, once the factor is known.
 */
export type Stage = 'update' | 'measure' | 'apply';
