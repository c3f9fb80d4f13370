export { ExactIndex, type ExactIndexOptions } from './exact-index.ts';
export { recall } from './recall.ts';
export type { SearchResult } from './search-result.ts';
export {
  identity,
  simpleLsh,
  transformOf,
  type TailTarget,
  type Transform,
  type TransformSpec,
} from './transform.ts';
