/** How a batch is trained on: in what order its samples meet the weights, and which of their units they share. */
import { definitionOf, kindsThatRace, type OptimizerSpec } from '../optimizers/optimizers.ts';
import type { SelectorCapabilities } from '../selectors/selector.ts';

/**
 * 'neuron': one update by the mean gradient of the batch; weights are visited unit by unit, and threads own units.
 * 'sample': an update after each sample, as with batches of one. Active units are those that selectors chose for the
 * whole batch, with the weights from before it; what comes after that runs on one thread.
 * 'hogwild': the same, but threads take samples as they get to them, and write shared weights without locks (Recht et
 * al., NIPS 2011; Spring and Shrivastava, KDD 2017). With more than one thread it is not deterministic. Not with Adam: where
 * a second moment's update is lost and the first's is not, a step has no bound.
 * 'union': as 'neuron', but where units are chosen all samples of a batch have the same, the union of what was chosen for
 * each, so that products are dense.
 */
export type UpdateMode = 'neuron' | 'sample' | 'hogwild' | 'union';

const UPDATE_MODES: readonly UpdateMode[] = ['neuron', 'sample', 'hogwild', 'union'];

/** What the check must know of a layer's selector. */
interface LayerSelector extends Pick<SelectorCapabilities, 'corrections' | 'gates' | 'ownLoss'> {
  readonly kind: string;
}

/** Refuses a mode that there is not, or that cannot train a network of such layers. @throws {RangeError} */
export function checkUpdateMode(
  mode: UpdateMode,
  optimizer: OptimizerSpec,
  selectors: readonly LayerSelector[],
): void {
  if (!UPDATE_MODES.includes(mode)) {
    throw new RangeError(`Update modes are ${UPDATE_MODES.join(', ')}; got ${JSON.stringify(mode)}.`);
  }
  const { unsafeRaces } = definitionOf(optimizer);
  if (mode === 'hogwild' && unsafeRaces !== undefined) {
    const others = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(kindsThatRace());
    throw new RangeError(
      `${optimizer.kind} cannot be trained in the update mode 'hogwild': ${unsafeRaces}. Use ${others}, or the update mode 'sample'.`,
    );
  }
  for (const [index, { kind, ownLoss }] of selectors.entries()) {
    if (ownLoss === undefined || !isBySample(mode)) continue;
    throw new RangeError(
      `Layer ${index + 1}: ${kind} with ${ownLoss} cannot be trained in the update mode '${mode}': its loss is of a batch, and ` +
        `samples are trained one by one. Use the update mode 'neuron' or 'union'.`,
    );
  }
  if (mode === 'neuron') return;
  for (const [index, { kind, gates }] of selectors.entries()) {
    if (gates === undefined) continue;
    throw new RangeError(
      `Layer ${index + 1}: ${kind} with ${gates} is trained by its gates, one for each unit of each sample: in the update mode ` +
        `'neuron', not '${mode}'.`,
    );
  }
  if (mode !== 'union') return;
  for (const [index, { kind, corrections }] of selectors.entries()) {
    if (corrections === undefined) continue;
    throw new RangeError(
      `Layer ${index + 1}: ${kind} with ${corrections} cannot be trained in the update mode 'union': what a class drawn for one ` +
        `sample stands for is not known of the others. Leave ${corrections} out, or use the update mode 'neuron'.`,
    );
  }
}

/** Whether each sample updates the weights by itself. */
export function isBySample(mode: UpdateMode): boolean {
  return mode === 'sample' || mode === 'hogwild';
}
