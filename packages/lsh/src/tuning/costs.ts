/** What a query costs: the model by which sizes are compared. */
import { checkNames } from '../vectors/check-flat.ts';

/** Nanoseconds, on the machine that queries will run on. */
export interface QueryCosts {
  /** A multiply-add of hashing. Default 0.04. */
  readonly multiplyAdd: number;
  /** Looking up one bucket, which is seldom in the cache. Default 50. */
  readonly bucket: number;
  /** One item that a bucket holds: its counter is raised. Default 2. */
  readonly item: number;
  /** What is done with a candidate afterwards. Default 0.6 for each dimension: its vector is read from memory. */
  readonly candidate: number;
}

/** How much work a query is. */
export interface QueryWork {
  /** Multiply-adds of hashing it, or what stands for them: comparisons and additions count as one each. */
  readonly multiplyAdds: number;
  /** Buckets that are looked up. */
  readonly lookups: number;
  /** Items that these hold, each as often as it collides. */
  readonly streamed: number;
  /** Distinct items that collide often enough. */
  readonly candidates: number;
}

/** Measured on one thread of a 2-core AMD EPYC, but for what `costs` says. */
export function queryCosts(dimensions: number, costs: Partial<QueryCosts> = {}): QueryCosts {
  checkNames('costs', costs, ['multiplyAdd', 'bucket', 'item', 'candidate']);
  return { multiplyAdd: 0.04, bucket: 50, item: 2, candidate: 0.6 * dimensions, ...costs };
}

/** The time of a query. */
export function nanosecondsOf(work: QueryWork, costs: QueryCosts): number {
  return (
    work.multiplyAdds * costs.multiplyAdd +
    work.lookups * costs.bucket +
    work.streamed * costs.item +
    work.candidates * costs.candidate
  );
}
