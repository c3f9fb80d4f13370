import { requireNodeModule } from '../node.ts';

/** The last part of a path, as its folder is called. */
export function basename(path: string): string {
  const module = requireNodeModule('node:path');
  return module.basename(module.resolve(path));
}
