/** Which transforms there are, by kind: ours, and those that a user adds. */
import type { HashFamily } from '@hashgrad/lsh';
import { checkSpec } from '@hashgrad/lsh/vectors';
import { asymmetricMinHashDefinition } from './asymmetric-min-hash.ts';
import { identityDefinition } from './identity.ts';
import { l2AlshDefinition } from './l2-alsh.ts';
import { normRangingDefinition } from './norm-ranging.ts';
import { qnfDefinition } from './qnf.ts';
import { saAlshDefinition } from './sa-alsh.ts';
import { signAlshDefinition } from './sign-alsh.ts';
import { simpleAlshDefinition } from './simple-alsh.ts';
import { simpleLshDefinition } from './simple-lsh.ts';
import { bindSpec, type Transform, type TransformDefinition, type TransformSpec } from './transform.ts';
import { xboxDefinition } from './xbox.ts';

const definitions = new Map(
  [
    identityDefinition,
    simpleLshDefinition,
    simpleAlshDefinition,
    signAlshDefinition,
    l2AlshDefinition,
    xboxDefinition,
    qnfDefinition,
    saAlshDefinition,
    normRangingDefinition,
    asymmetricMinHashDefinition,
  ].map((definition) => [definition.kind, definition]),
);

/** Makes a transform known by its kind. @throws {Error} if there is another of that kind. */
export function registerTransform(definition: TransformDefinition): void {
  const known = definitions.get(definition.kind);
  if (known && known !== definition) throw new Error(`There is a transform '${definition.kind}' already.`);
  definitions.set(definition.kind, definition);
}

/**
 * The transform of a spec, for a layer's weights: one that only appends coordinates. What scales vectors or cuts them into
 * blocks is for an index: see `indexTransformOf`.
 * @throws {RangeError} if it is unknown, no such transform, or `family` does not suit it, saying why.
 */
export function transformOf(spec: TransformSpec, family?: HashFamily): Transform {
  const transform = indexTransformOf(spec, family);
  const { kind, scale, blocks, needsQueryNorms } = transform;
  const does = blocks
    ? 'cuts vectors into blocks by length'
    : scale
      ? 'scales vectors'
      : needsQueryNorms
        ? 'depends on the lengths of queries'
        : undefined;
  if (does !== undefined) {
    throw new RangeError(`The transform ${kind} ${does}, which an index does, but not a layer.`);
  }
  return transform;
}

/**
 * The transform of a spec, whatever it takes to apply it.
 * @throws {RangeError} if it is unknown, a parameter is unknown or out of range, or `family` does not suit it, saying why.
 */
export function indexTransformOf(spec: TransformSpec, family?: HashFamily): Transform {
  checkSpec('A transform', spec);
  const definition = definitions.get(spec.kind);
  if (!definition) {
    throw new RangeError(
      `There is no transform '${spec.kind}'; known are ${[...definitions.keys()].join(', ')}.`,
    );
  }
  const transform = bindSpec(definition, spec);
  if (family && !transform.similarities.includes(family.similarity)) {
    throw new RangeError(
      `The transform ${spec.kind} turns inner products into ${transform.similarities.join(' or ')} similarity, ` +
        `but collisions of ${family.kind} follow the ${family.similarity} one.`,
    );
  }
  return transform;
}
