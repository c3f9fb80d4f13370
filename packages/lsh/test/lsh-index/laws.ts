/** What holds for every answer of an index, given what must collide. */
import assert from 'node:assert/strict';
import type { LshIndex, LshQueryOptions, Metric } from '../../src/index.ts';
import { lengthOf, type Model, valueOf, valuesOf } from './oracle.ts';

/** Everything that an index says agrees with the model. */
export function expectAgreement(index: LshIndex, model: Model, query: Float32Array): void {
  assert.equal(index.size, model.vectors.size);
  assert.deepEqual([...index.ids()], model.ids());
  expectAnswers(index, model, query, {});
}

/** The answer for a large limit is all that collides, best first, and that for a small one its first hits. */
export function expectAnswers(
  index: LshIndex,
  model: Model,
  query: Float32Array,
  { minCollisions = 1 }: Pick<LshQueryOptions, 'minCollisions'>,
): void {
  const colliding = [...model.collisions(query)]
    .filter(([, collisions]) => collisions >= minCollisions)
    .map(([id]) => id);
  const all = index.query(query, { limit: model.vectors.size + 1, minCollisions });
  assert.deepEqual(
    [...all.ids].toSorted((a, b) => a - b),
    colliding.toSorted((a, b) => a - b),
  );
  const values = valuesOf(all);
  const wrong = [...all.ids].filter((id, i) => {
    const expected = valueOf(index.metric, query, model.vectors.get(id) as Float32Array);
    const error = Math.abs((values[i] as number) - expected);
    // What is summed in 32-bit floats: for distances squares alone, whose sum is no less than any of them.
    const product = lengthOf(query) * lengthOf(model.vectors.get(id) as Float32Array);
    const magnitude = { cosine: 1, euclidean: expected, innerProduct: product }[index.metric];
    const inOrder =
      i === 0 || isInOrder(index.metric, [values[i - 1], all.ids[i - 1]] as never, [values[i], id] as never);
    return !(error <= 1e-5 * magnitude && inOrder);
  });
  assert.deepEqual(wrong, []);
  const few = index.query(query, { limit: 3, minCollisions });
  assert.deepEqual(few.ids, all.ids.slice(0, 3));
  assert.deepEqual(valuesOf(few), values.slice(0, 3));
}

type Hit = readonly [value: number, id: number];

function isInOrder(metric: Metric, [before, first]: Hit, [after, second]: Hit): boolean {
  if (before === after) return first < second;
  return metric === 'euclidean' ? before < after : before > after;
}
