/**
 * The memory of signatures: those of blocks with neighbouring numbers lie side by side, since a search reads them one after
 * the other and little else. It grows by chunks, so that nothing is copied.
 */
import { signatureBytes, type Team } from '@hashgrad/kernels';

/** Blocks of a chunk, as a power of 2; the first chunks are smaller. */
const CHUNK_LOG2 = 6;

export class SignatureMemory implements Disposable {
  readonly #team: Team;
  /** Of a block. */
  readonly #bytes: number;
  readonly #chunks: Uint8Array[] = [];
  /** Blocks that the chunks have room for. */
  #room = 0;

  constructor(team: Team, words: number) {
    this.#team = team;
    this.#bytes = signatureBytes(words);
  }

  get bytes(): number {
    return this.#room * this.#bytes;
  }

  /** Makes room for the signatures of blocks 0 to count - 1. @throws {RangeError} if there is none. */
  reserve(count: number): void {
    while (this.#room < count) {
      const blocks = Math.max(1, Math.min(1 << CHUNK_LOG2, this.#room));
      this.#chunks.push(this.#team.arena.uint8(blocks * this.#bytes, false));
      this.#room += blocks;
    }
  }

  /** The signatures of a block that there is room for. */
  of(number: number): Uint8Array {
    const [chunk, first] = chunkOf(number);
    const at = (number - first) * this.#bytes;
    return (this.#chunks[chunk] as Uint8Array).subarray(at, at + this.#bytes);
  }

  [Symbol.dispose](): void {
    for (const chunk of this.#chunks) this.#team.arena.free(chunk);
  }
}

/** The chunk of a block, and its first block: chunks are of 1, 1, 2, 4, ... blocks, and then of equal size. */
function chunkOf(number: number): [number, number] {
  const log2 = 31 - Math.clz32(number);
  if (log2 < CHUNK_LOG2) return [log2 + 1, number === 0 ? 0 : 1 << log2];
  return [CHUNK_LOG2 + (number >> CHUNK_LOG2), (number >> CHUNK_LOG2) << CHUNK_LOG2];
}
