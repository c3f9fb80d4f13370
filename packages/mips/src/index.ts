export { ExactIndex, type ExactIndexOptions, type SearchResult } from './exact-index.ts';
export { recall } from './recall.ts';
export {
  identity,
  simpleLsh,
  transformOf,
  type TailTarget,
  type Transform,
  type TransformSpec,
} from './transform.ts';
