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
