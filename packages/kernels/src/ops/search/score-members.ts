/** Products of samples with the lists of rows that they ask for, in 8-bit integers. */
import type { Arena } from '../../memory/arena.ts';
import type { Team } from '../../threads/team.ts';
import { checkRows, OwnRecord, type RowsRecord } from '../layout.ts';
import { addressOf, recordWords } from '../record.ts';
import { checkRoom, listsSpan, rowsSpan } from '../room.ts';
import type { RowPairs } from '../row-pairs.ts';

/** Rows rounded to 8 bits, in the order of the lists that they are in, as quantizeMembers fills them in. */
export interface MembersFields {
  /** `stride` bytes a member, a multiple of 16; and three members more, which are read and not used. */
  readonly codes: Int8Array;
  readonly stride: number;
  /** One a member, and three more: what codes are to be multiplied with, what is added to their products, biases. */
  readonly scales: Float32Array;
  readonly offsets: Int32Array;
  readonly biases: Float32Array;
}

/** Members that are read behind the last. */
const BEHIND = 3;

/** The record of members. */
export class MembersRecord extends OwnRecord<'Members', MembersFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Members');

  /** @param words WORDS words of the arena. Default: new ones. @throws {TypeError} if an array is not in the arena. */
  constructor(arena: Arena, fields: MembersFields, words: Int32Array = arena.int32(MembersRecord.WORDS)) {
    const values = ({ codes, stride, scales, offsets, biases }: MembersFields) => ({
      codes,
      stride,
      scales,
      offsets,
      biases,
    });
    super(arena, 'Members', values, fields, words);
  }
}

/**
 * Rounds `count` rows into their places: those of `list`, or the first ones without it. Rows of the list and places are not
 * checked.
 * @throws {RangeError} if an array has too few elements.
 */
export function quantizeMembers(
  team: Team,
  given: {
    readonly members: MembersRecord;
    readonly rows: RowsRecord;
    readonly list?: Int32Array | undefined;
    /** One a row: the member that it is. */
    readonly places: Int32Array;
  },
  count: number,
): void {
  const { arena } = team;
  const { members, rows, list, places } = given;
  checkMembers('quantizeMembers', members, places.length);
  checkRows('quantizeMembers', rows, places.length);
  checkRoom('quantizeMembers', 'places', places, list ? 0 : count);
  if (list) checkRoom('quantizeMembers', 'list', list, count);
  const from = [arena.address(rows.record), addressOf(arena, list), arena.address(places)] as const;
  team.run('quantizeMembers', [arena.address(members.record), ...from], count);
}

/** Samples as scoreMembers takes them, and as quantizeSamples fills them in. */
export interface QuantizedSamples {
  /** As many bytes a sample as members have. */
  readonly samples: Uint8Array;
  readonly sampleScales: Float32Array;
}

/**
 * Rounds `count` samples.
 * @throws {RangeError} if an array has too few elements.
 */
export function quantizeSamples(
  team: Team,
  given: QuantizedSamples & {
    /** Bytes a sample, a multiple of 16. */
    readonly stride: number;
    /** `xStride` floats apart. */
    readonly x: Float32Array;
    readonly xStride: number;
    readonly width: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { samples, sampleScales, stride, x, xStride, width } = given;
  checkRoom('quantizeSamples', 'samples', samples, count * stride);
  checkRoom('quantizeSamples', 'sampleScales', sampleScales, count);
  checkRoom('quantizeSamples', 'x', x, rowsSpan(count, xStride, width));
  const to = [arena.address(samples), arena.address(sampleScales), stride] as const;
  team.run('quantizeSamples', [...to, arena.address(x), xStride, width], count);
}

/**
 * The products of all members of the lists that samples ask for, with their biases: out[firsts[position] + m] for member m of the
 * list, for each pair of a sample and a list. A list is read once for all samples that ask for it. What `firsts` say is not
 * checked. What is rounded makes products of unit vectors wrong by some thousandths.
 * @throws {RangeError} if an array has too few elements.
 */
export function scoreMembers(
  team: Team,
  score: QuantizedSamples & {
    readonly out: Float32Array;
    /** One a pair, in the samples' order: where its scores start in `out`. */
    readonly firsts: Int32Array;
    readonly members: MembersRecord;
    /** Where each list's members start, and where those of the last one end. */
    readonly starts: Int32Array;
    /** (sample, list) pairs, as last sorted. */
    readonly pairs: RowPairs;
  },
): void {
  const { arena } = team;
  const { out, firsts, members, starts, pairs, samples, sampleScales } = score;
  checkMembers('scoreMembers', members, listsSpan('scoreMembers', starts, pairs.bound, 'starts') + BEHIND);
  checkRoom('scoreMembers', 'firsts', firsts, pairs.count);
  checkRoom('scoreMembers', 'samples', samples, pairs.batch * members.fields.stride);
  checkRoom('scoreMembers', 'sampleScales', sampleScales, pairs.batch);
  const to = [arena.address(out), arena.address(firsts), arena.address(members.record)] as const;
  const lists = [arena.address(starts), arena.address(pairs.record)] as const;
  const from = [arena.address(samples), arena.address(sampleScales)] as const;
  team.run('scoreMembers', [...to, ...lists, ...from], pairs.visited, { grain: 1 });
}

/** @throws {RangeError} unless there is room for so many members. */
function checkMembers(op: string, { fields }: MembersRecord, count: number): void {
  const { codes, stride, scales, offsets, biases } = fields;
  checkRoom(op, 'codes', codes, count * stride);
  for (const [name, view] of Object.entries({ scales, offsets, biases })) checkRoom(op, name, view, count);
}
