/** A part of a study for one of several machines. */

/** Shard `index` of `count`, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Parses `2/3`: the second of three shards. @throws {Error} for anything else. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || count === undefined || index < 1 || index > count) {
    throw new Error(`A shard is such as 2/3, the second of three; got "${text}".`);
  }
  return { index, count };
}

/** The trials of a shard: every `count`-th block, whole, since times compare within a block only. */
export function inShard<T extends { readonly block: string }>(
  trials: readonly T[],
  { index, count }: Shard,
): T[] {
  const blocks = [...new Set(trials.map(({ block }) => block))];
  return trials.filter(({ block }) => blocks.indexOf(block) % count === index - 1);
}
