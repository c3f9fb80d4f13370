/**
 * Memories of closed arenas, which new arenas use again. WebAssembly cannot give pages back: a memory goes as a whole, when
 * the garbage collector finds it. It does not look for it in time, because engines do not count shared memory, so that 20
 * networks of 250 MB one after the other would take 5 GB.
 *
 * Memories are held weakly. A collection takes those that no arena uses, and until then they are here for the next arena:
 * all of them together are never more than what was in use at one time.
 */
export const PAGE = 65536;

interface IdleMemory {
  readonly memory: WeakRef<WebAssembly.Memory>;
  readonly shared: boolean;
  readonly maximum: number;
  readonly bytes: number;
  readonly used: number;
}

let idle: IdleMemory[] = [];

/**
 * A memory and who works in it: an arena, and the teams whose threads do. When the last of them has left, another arena may
 * have it. Its bytes are then as they were left: the program writes its constants anew when it is bound to it.
 */
export class OccupiedMemory {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  /** Pages that it can grow to. */
  readonly maximum: number;
  /** Bytes that were ever given out: those behind them are 0, and the system need not have committed them. */
  used: number;
  #occupants = 1;

  constructor(memory: WebAssembly.Memory, shared: boolean, maximum: number, used: number) {
    this.memory = memory;
    this.shared = shared;
    this.maximum = maximum;
    this.used = used;
  }

  enter(): void {
    this.#occupants++;
  }

  leave(): void {
    if (--this.#occupants === 0) keep(this);
  }
}

/**
 * The smallest memory that is idle, of the kind, of at least `pages` pages, and can grow to at least `maximum`; a new one
 * where there is none.
 * @throws {RangeError} if the engine refuses.
 */
export function occupyMemory(shared: boolean, pages: number, maximum: number): OccupiedMemory {
  const used = take(shared, pages, maximum);
  if (used) return used;
  const memory = new WebAssembly.Memory({ initial: pages, maximum, ...(shared && { shared }) });
  return new OccupiedMemory(memory, shared, maximum, 0);
}

function take(shared: boolean, pages: number, maximum: number): OccupiedMemory | undefined {
  const fitting = idle
    .filter((kept) => kept.shared === shared && kept.bytes >= pages * PAGE && kept.maximum >= maximum)
    .toSorted((a, b) => a.bytes - b.bytes);
  for (const kept of fitting) {
    idle.splice(idle.indexOf(kept), 1);
    const memory = kept.memory.deref();
    if (memory) return new OccupiedMemory(memory, shared, kept.maximum, kept.used);
  }
  return undefined;
}

/**
 * Arrays of before must not pass for arrays of the next arena. Growing by nothing makes a new buffer: arrays of an unshared
 * memory become empty, and those of a shared one, which no engine can take away, are on a buffer that the next arena does
 * not know, so that kernels and `free` refuse them.
 */
function keep({ memory, shared, maximum, used }: OccupiedMemory): void {
  const before = memory.buffer;
  try {
    memory.grow(0);
    // Some engines make a new buffer of shared memory only for more pages.
    if (memory.buffer === before) memory.grow(1);
  } catch {
    // It is as large as it can be, and goes with a collection.
    return;
  }
  idle = idle.filter((kept) => kept.memory.deref() !== undefined);
  idle.push({ memory: new WeakRef(memory), shared, maximum, bytes: memory.buffer.byteLength, used });
}
