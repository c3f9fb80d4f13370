export { ALIAS_WORDS, layAliases } from './random/alias-table.ts';
export { ALIGNMENT } from './memory/allocator.ts';
export { Arena, type ArenaOptions, type View } from './memory/arena.ts';
export * from './ops/index.ts';
export { readSource, type ByteSource, type NamedBytes } from './io/byte-source.ts';
export { checkFolderOf, readFileBytes, writeFileAtomic } from './io/node-file.ts';
export { hasRelaxedSimd, whyNotShared } from './memory/program.ts';
export { Resource } from './memory/resource.ts';
export { randomStream, resumeStream, type RandomStream } from './random/random.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  encodeSafetensorsPieces,
  tensorOf,
  type SafetensorsFile,
  type Tensor,
  type TensorData,
  type TensorDtype,
} from './io/safetensors.ts';
export { Team, type JobOptions, type TeamOptions } from './threads/team.ts';
export type { WorkerLike } from './threads/member.ts';
export { workerSource } from './threads/worker-source.ts';
