/** Lets one of an arena's allocations fail, as it does where there is no room. */
import type { Arena } from '@hashgrad/kernels';

const KINDS = ['float32', 'float64', 'int32', 'uint32', 'uint16', 'uint8', 'int8'] as const;

/** Does `use` such that the allocation after `before` others fails. Whether one did. */
export function withFailure(arena: Arena, before: number, use: () => void): boolean {
  let left = before;
  let failed = false;
  for (const kind of KINDS) {
    const allocate = arena[kind].bind(arena) as (length: number) => never;
    Object.defineProperty(arena, kind, {
      configurable: true,
      value: (length: number) => {
        if (left-- !== 0) return allocate(length);
        failed = true;
        throw new RangeError('No room, for once.');
      },
    });
  }
  try {
    use();
    if (failed) throw new Error('An allocation failed, and nobody said so.');
  } catch (error) {
    if (!failed || (error as Error).message.indexOf('No room, for once.') < 0) throw error;
  } finally {
    for (const kind of KINDS) Reflect.deleteProperty(arena, kind);
  }
  return failed;
}
