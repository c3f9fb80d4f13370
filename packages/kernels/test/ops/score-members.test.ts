import { MembersRecord, quantizeMembers, quantizeSamples, scoreMembers } from '../../src/index.ts';
import { readField } from '../../src/ops/record.ts';
import { COUNT, WIDTH } from '../setup.ts';
import { describeOp, type Given } from './given.ts';
import { pairsAt, rowsAt, wordsAt } from './records.ts';
import type { Arena } from '../../src/index.ts';

/** Members of which `count` are needed. */
function membersAt(arena: Arena, given: Given, address: number, count: number): MembersRecord {
  const words = wordsAt(arena, 'Members', address);
  const at = (field: Parameters<typeof readField<'Members'>>[1]): number =>
    readField('Members', field, words) >>> 0;
  const stride = at('stride');
  return new MembersRecord(arena, {
    codes: given.int8('codes', at('codes'), count * stride),
    stride,
    scales: given.float32('scales', at('scales'), count),
    offsets: given.int32('offsets', at('offsets'), count),
    biases: given.float32('biases', at('biases'), count),
  });
}

describeOp('quantizeMembers', (team, [at, ofRows, listAt, placesAt], items, given) => {
  const { arena } = team;
  const places = new Int32Array(arena.memory.buffer, placesAt, COUNT);
  const list = given.int32('list', listAt, items);
  const rows = rowsAt(arena, given, ofRows, COUNT, false);
  quantizeMembers(team, { members: membersAt(arena, given, at, COUNT), rows, list, places }, items);
});

describeOp('quantizeSamples', (team, [to, scales, stride, xAt, xStride, width], items, given) => {
  const samples = new Uint8Array(team.arena.memory.buffer, to, given.length('samples', items * stride));
  const sampleScales = given.float32('sampleScales', scales, items);
  const x = given.float32('x', xAt, (items - 1) * xStride + WIDTH);
  quantizeSamples(team, { samples, sampleScales, stride, x, xStride, width }, items);
});

describeOp('scoreMembers', (team, args, visited, given) => {
  const [outAt, firstsAt, at, startsAt, ofPairs, samplesAt, scalesAt] = args;
  const { arena } = team;
  const pairs = pairsAt(team, ofPairs, visited, COUNT);
  const starts = given.int32('starts', startsAt, pairs.bound + 1);
  const firsts = given.int32('firsts', firstsAt, pairs.count);
  const count = new Int32Array(arena.memory.buffer, startsAt, pairs.bound + 1)[pairs.bound]! + 3;
  const members = membersAt(arena, given, at, count);
  const bytes = COUNT * members.fields.stride;
  const samples = new Uint8Array(arena.memory.buffer, samplesAt, given.length('samples', bytes));
  const sampleScales = given.float32('sampleScales', scalesAt, COUNT);
  const out = new Float32Array(arena.memory.buffer, outAt, 1);
  scoreMembers(team, { out, firsts, members, starts, pairs, samples, sampleScales });
});
