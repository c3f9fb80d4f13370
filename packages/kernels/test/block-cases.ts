/** Vectors in blocks, made and placed. */
import {
  blockBytes,
  BlockGroups,
  BlockRecords,
  BlockVectors,
  signatureBytes,
  StagedVectors,
} from '../src/index.ts';
import {
  type BlockQuery,
  fillBlock,
  type PlainBlock,
  type PlainBlocks,
  type PlainGroup,
  type PlainStaged,
  quantizeRows,
} from '../src/reference/index.ts';
import { floats, matrix, type Random } from './data.ts';
import { exactScan, roundQuery, type ScanPlacer } from './scans.ts';

export interface BlockShape {
  /** How many blocks each band has. */
  readonly bands: readonly number[];
  /** Vectors in a block at most; at least one. */
  readonly size: number;
  readonly width: number;
  readonly words: number;
  readonly rows: boolean;
  /** Integers of which int8 copies lose nothing, of 16 coordinates at most; else real numbers. */
  readonly exact: boolean;
}

/** Some vectors of length 0, some that are equal, and the greater ones in the first bands. */
export function makeBlocks(random: Random, shape: BlockShape): PlainBlocks {
  const { size, width, words } = shape;
  const stride = Math.ceil(width / 16) * 16;
  const bands: number[][] = [];
  const blocks: PlainBlock[] = [];
  let id = 0;
  for (const [band, length] of shape.bands.entries()) {
    // Numbers are not in the order of a search.
    bands.push(Array.from({ length }, (_, i) => blocks.length + length - 1 - i));
    for (let b = 0; b < length; b++) {
      const count = 1 + random.integer(size);
      const staged = makeStaged(random, { count, width, words, exact: shape.exact, scale: 2 ** -band });
      for (let s = 0; s < count; s++) staged.ids[s] = (7919 * id++) % 10_007;
      const vectors: PlainBlock['vectors'] = [];
      const centre = floats(random, stride);
      centre.fill(0, width);
      const centreLength = Math.hypot(...centre) || 1;
      centre.forEach((x, j) => (centre[j] = x / centreLength));
      const { codes, scales } = quantizeRows(centre, 1, stride, 0);
      blocks.push({
        vectors,
        longest: staged.lengths.reduce((most, x) => Math.max(most, x), 0),
        centre,
        centreCodes: codes,
        centreScale: scales[0],
        alignment: Math.fround(random.uniform()),
        spread: Math.fround(0.3 + 0.2 * random.uniform()),
      });
      fillBlock({ blocks, bands, stride, words, rows: shape.rows }, blocks.length - 1, 0, staged, 0, count);
    }
  }
  return { blocks, bands, stride, words, rows: shape.rows };
}

/** Vectors on their way in, one in eight of them 0 and one in eight equal to the one before, times a scale. */
export function makeStaged(
  random: Random,
  {
    count,
    width,
    words,
    exact,
    scale,
  }: Pick<BlockShape, 'width' | 'words' | 'exact'> & { count: number; scale: number },
): PlainStaged {
  const stride = Math.ceil(width / 16) * 16;
  const rows = exact ? exactScan(random, count, width, 1).rows : matrix(random, count, width, stride);
  const projections = floats(random, count * 64 * words);
  for (let s = 0; s < count; s++) {
    const [row, before] = [s * stride, (s - 1) * stride];
    const kind = random.integer(8);
    if (kind === 0) rows.fill(0, row, row + stride);
    if (kind === 1 && s > 0) rows.copyWithin(row, before, row);
  }
  rows.forEach((x, i) => (rows[i] = x * scale));
  const { codes, scales } = quantizeRows(rows, count, stride, 0);
  const lengths = Float32Array.from(
    { length: count },
    (_, s) => Math.hypot(...rows.subarray(s * stride, (s + 1) * stride)) * 1.000001,
  );
  return { rows, projections, codes, scales, lengths, ids: new Uint32Array(count) };
}

/** Queries of the same kind; the last of several is 0. */
export function makeQueries(
  random: Random,
  { stride, words }: PlainBlocks,
  shape: BlockShape,
  asked: number,
): BlockQuery[] {
  const { queries } = shape.exact
    ? exactScan(random, 1, shape.width, asked)
    : { queries: matrix(random, asked, shape.width, stride) };
  return Array.from({ length: asked }, (_, s) => {
    const row = queries.slice(s * stride, (s + 1) * stride);
    const projection = floats(random, 64 * words);
    if (asked > 1 && s === asked - 1) for (const values of [row, projection]) values.fill(0);
    return { row, projection, ...roundQuery(row) };
  });
}

export interface PlacedBlocks {
  /** The address of the record. */
  readonly at: number;
  /** By number: signatures, and the rest. */
  readonly signatures: readonly Int32Array[];
  readonly pieces: readonly Int32Array[];
  readonly capacities: readonly number[];
}

/** Places all in an arena, its blocks with room for `more` more vectors or a few more than that. */
export function placeBlocks(placer: ScanPlacer, plain: PlainBlocks, more: number = 0): PlacedBlocks {
  const { arena } = placer;
  const { blocks, bands, stride, words, rows } = plain;
  const records = new BlockRecords(arena, placer.int32(blocks.length * BlockRecords.WORDS));
  const capacities = blocks.map(({ vectors }) => Math.min(256, Math.ceil((vectors.length + more) / 16) * 16));
  // Where there is no vector, there may be anything.
  const room = (bytes: number): Int32Array => placer.int32(bytes / 4).fill(0x7fc0babe);
  const signatures = blocks.map(() => room(signatureBytes(words)));
  const pieces = blocks.map(({ vectors, longest, alignment, spread }, number) => {
    const capacity = capacities[number];
    const memory = room(blockBytes(arena, { stride, rows }, capacity));
    const known = { count: vectors.length, longest, alignment, spread };
    records.lay(number, { signatures: signatures[number], memory, capacity, ...known });
    return memory;
  });
  const bytes = (values: Int8Array): Uint8Array => {
    const array = placer.int32(Math.ceil(values.length / 4));
    const view = new Uint8Array(array.buffer, array.byteOffset, values.length);
    view.set(new Uint8Array(values.buffer, values.byteOffset, values.length));
    return view;
  };
  const all = <T extends ArrayLike<number>>(of: (block: PlainBlock) => T): number[] =>
    blocks.flatMap((b) => Array.from(of(b)));
  const starts = bands.map((_, band) => bands.slice(0, band).flat().length);
  const record = placer.int32(BlockVectors.WORDS);
  new BlockVectors(arena, record).lay({
    order: placer.int32(bands.flat()),
    bands: placer.int32([...starts, blocks.length]),
    bandCount: bands.length,
    records,
    stride,
    words,
    rows,
    centres: placer.float32(all(({ centre }) => centre)),
    codes: bytes(Int8Array.from(all(({ centreCodes }) => centreCodes))),
    scales: placer.float32(blocks.map(({ centreScale }) => centreScale)),
    sums: placer.int32(blocks.map(({ centreCodes }) => centreCodes.reduce((sum, code) => sum + code, 0))),
  });
  const at = arena.address(record);
  for (const [number, { vectors }] of blocks.entries()) {
    const staged: PlainStaged = {
      rows: Float32Array.from(vectors.flatMap(({ row }) => [...row])),
      projections: Float32Array.from(
        vectors.flatMap(({ signature }) => [...signature].map((bit) => bit - 0.5)),
      ),
      codes: Int8Array.from(vectors.flatMap(({ codes }) => [...codes])),
      scales: Float32Array.from(vectors, ({ scale }) => scale),
      ids: Uint32Array.from(vectors, ({ id }) => id),
      lengths: Float32Array.from(vectors, ({ length }) => length),
    };
    arena.kernels.fillBlock(at, number, 0, placeStaged(placer, staged, stride), 0, vectors.length);
  }
  return { at, signatures, pieces, capacities };
}

/** Groups of the blocks of bands, by direction: by band. */
export type PlainGroups = readonly (readonly PlainGroup[])[];

/** Groups of each band, up to `most`, all of which have blocks; where it is 0, none. */
export function makeGroups(random: Random, { bands, stride }: PlainBlocks, most: number): PlainGroup[][] {
  return bands.map((numbers) => {
    const groups = Array.from(
      { length: most > 0 && numbers.length > 1 ? 1 + random.integer(most) : 0 },
      () => {
        const centre = floats(random, stride);
        const length = Math.hypot(...centre) || 1;
        return { centre: centre.map((x) => x / length), blocks: [] as number[] };
      },
    );
    if (groups.length > 0)
      for (const number of numbers) groups[random.integer(groups.length)].blocks.push(number);
    return groups.filter(({ blocks }) => blocks.length > 0);
  });
}

/** Where each of some lists starts that stand one after the other, and where the last one ends. */
function startsOf(lists: readonly { readonly length: number }[]): number[] {
  const starts = [0];
  for (const { length } of lists) starts.push(starts[starts.length - 1] + length);
  return starts;
}

/** Places the record of groups; its address. */
export function placeGroups(placer: ScanPlacer, groups: PlainGroups, stride: number): number {
  const all = groups.flat();
  const record = placer.int32(BlockGroups.WORDS);
  new BlockGroups(placer.arena, record).lay({
    bands: placer.int32(startsOf(groups)),
    starts: placer.int32(startsOf(all.map(({ blocks }) => blocks))),
    members: placer.int32(all.flatMap(({ blocks }) => blocks)),
    centres: placer.float32(all.length === 0 ? stride : all.flatMap(({ centre }) => [...centre])),
  });
  return placer.arena.address(record);
}

/** Places vectors on their way in; the address of their record. */
export function placeStaged(placer: ScanPlacer, staged: PlainStaged, stride: number): number {
  const { arena } = placer;
  const count = staged.ids.length;
  const codeWords = placer.int32((count * stride) / 4);
  const codes = new Uint8Array(codeWords.buffer, codeWords.byteOffset, count * stride);
  codes.set(new Uint8Array(staged.codes.buffer, staged.codes.byteOffset, count * stride));
  const sums = Array.from({ length: count }, (_, s) =>
    staged.codes.subarray(s * stride, (s + 1) * stride).reduce((sum, code) => sum + code, 0),
  );
  const ids = placer.int32(count);
  const record = placer.int32(StagedVectors.WORDS);
  new StagedVectors(arena, record).lay({
    rows: placer.float32(staged.rows),
    projections: placer.float32(staged.projections),
    codes,
    scales: placer.float32(staged.scales),
    sums: placer.int32(sums),
    ids: new Uint32Array(ids.buffer, ids.byteOffset, count),
    lengths: placer.float32(staged.lengths),
  });
  ids.set(staged.ids);
  return arena.address(record);
}

/** Every place that has a vector. */
export function placesOf({ blocks }: PlainBlocks): number[] {
  return blocks.flatMap(({ vectors }, number) => vectors.map((_, slot) => 256 * number + slot));
}
