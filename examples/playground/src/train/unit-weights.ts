/** A unit's weights as an image. */

/** Blue where ink excites the unit, red where it inhibits it, dark where it does nothing. */
export function drawWeights(canvas: HTMLCanvasElement, unit: number, weights: Float32Array): void {
  const most = weights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 1e-9);
  const image = new ImageData(28, 28);
  for (const [i, weight] of weights.entries()) {
    const strength = Math.abs(weight) / most;
    const [red, green, blue] = weight > 0 ? [70, 160, 255] : [255, 110, 80];
    image.data.set([red * strength, green * strength, blue * strength, 255].map(Math.round), 4 * i);
  }
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  canvas.ariaLabel = `Weights of unit ${unit}: blue where ink excites it, red where ink inhibits it`;
}
