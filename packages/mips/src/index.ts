export {
  identity,
  simpleLsh,
  transformOf,
  type TailTarget,
  type Transform,
  type TransformSpec,
} from './transform.ts';
