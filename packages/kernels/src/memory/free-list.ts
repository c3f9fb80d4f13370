/**
 * The free blocks of a memory, in the order of their starts, neighbours merged; the first that is long enough is taken. They
 * are kept in runs, each with a bound of its longest block, so that many short ones before it are passed by at once.
 */

interface Block {
  start: number;
  size: number;
}

interface Run {
  /** Ascending, never touching; those of the next run follow. There is at least one. */
  readonly blocks: Block[];
  /** The size of the longest, or more. */
  most: number;
}

/** A run with more blocks is cut in two. */
const MOST_BLOCKS = 256;

export class FreeList {
  readonly #runs: Run[] = [];

  /** The size of the longest block; 0 if there is none. */
  get largest(): number {
    return this.#runs.reduce((most, { blocks }) => Math.max(most, longest(blocks)), 0);
  }

  /** The last block. */
  get last(): Readonly<Block> | undefined {
    return this.#runs.at(-1)?.blocks.at(-1);
  }

  /** Takes `size` bytes of the first block that has as many: where they start, or -1. */
  take(size: number): number {
    for (const [r, run] of this.#runs.entries()) {
      if (run.most < size) continue;
      const index = run.blocks.findIndex((block) => block.size >= size);
      if (index < 0) {
        run.most = longest(run.blocks);
        continue;
      }
      const block = run.blocks[index] as Block;
      const { start } = block;
      if (block.size === size) this.#remove(r, index);
      else {
        block.start += size;
        block.size -= size;
      }
      return start;
    }
    return -1;
  }

  /** Takes back bytes that are in no block. */
  give(start: number, size: number): void {
    // The last run that starts before, or the first.
    const r = Math.max(0, firstAfter(this.#runs, start, ({ blocks }) => (blocks[0] as Block).start) - 1);
    const run = this.#runs[r];
    if (!run) {
      this.#runs.push({ blocks: [{ start, size }], most: size });
      return;
    }
    const { blocks } = run;
    const index = firstAfter(blocks, start, (block) => block.start);
    const before = blocks[index - 1];
    const [nextRun, nextIndex] = index < blocks.length ? [r, index] : [r + 1, 0];
    const after = this.#runs[nextRun]?.blocks[nextIndex];
    const joinsAfter = after !== undefined && start + size === after.start;
    if (before !== undefined && before.start + before.size === start) {
      before.size += size + (joinsAfter ? after.size : 0);
      run.most = Math.max(run.most, before.size);
      if (joinsAfter) this.#remove(nextRun, nextIndex);
    } else if (joinsAfter) {
      const itsRun = this.#runs[nextRun] as Run;
      after.start = start;
      after.size += size;
      itsRun.most = Math.max(itsRun.most, after.size);
    } else {
      blocks.splice(index, 0, { start, size });
      run.most = Math.max(run.most, size);
      if (blocks.length > MOST_BLOCKS) {
        const rest = blocks.splice(blocks.length >> 1);
        this.#runs.splice(r + 1, 0, { blocks: rest, most: longest(rest) });
      }
    }
  }

  #remove(run: number, index: number): void {
    const { blocks } = this.#runs[run] as Run;
    if (blocks.length > 1) blocks.splice(index, 1);
    else this.#runs.splice(run, 1);
  }
}

function longest(blocks: readonly Block[]): number {
  return blocks.reduce((most, { size }) => Math.max(most, size), 0);
}

/** How many of an ascending list start at `start` or before. */
function firstAfter<T>(list: readonly T[], start: number, startOf: (item: T) => number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(list[middle] as T) > start) high = middle;
    else low = middle + 1;
  }
  return low;
}
