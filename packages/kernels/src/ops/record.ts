/** Records in the arena: what kernels read through one pointer, written here by the names of the assembly's fields. */
import { RECORDS } from '../generated/records.ts';
import type { Arena, View } from '../memory/arena.ts';
import { checkRoom } from './room.ts';

/** A class of assembly/. */
export type RecordName = keyof typeof RECORDS;

type Fields<Name extends RecordName> = (typeof RECORDS)[Name]['fields'];

export type FieldName<Name extends RecordName> = keyof Fields<Name> & string;

/** What a field takes: an array for an address (none: 0), a number for anything else. */
type FieldValue<Field> = Field extends { readonly kind: 'usize' } ? View | undefined : number;

/** A value for every field, so that none is forgotten. */
export type RecordValues<Name extends RecordName> = {
  readonly [Field in keyof Fields<Name>]: FieldValue<Fields<Name>[Field]>;
};

/** The word of a record at which a field starts. */
export function wordOf<Name extends RecordName>(name: Name, field: FieldName<Name>): number {
  return placeOf(name, field, 0).word;
}

/** Words of 32 bits that a record takes. */
export function recordWords(name: RecordName): number {
  return RECORDS[name].bytes / 4;
}

/**
 * A record whose fields are laid anew, in the same place, as arrays come and go. `Given` is what its users give, `toValues`
 * makes the assembly's fields of it.
 */
export class Relaid<Name extends RecordName, Given> {
  readonly record: Int32Array;
  readonly #arena: Arena;
  readonly #name: Name;
  readonly #toValues: (fields: Given) => RecordValues<Name>;
  #given: Given | undefined;

  /** @param record recordWords(name) words of the arena, which its owner frees. */
  constructor(arena: Arena, name: Name, record: Int32Array, toValues: (fields: Given) => RecordValues<Name>) {
    checkRoom(name, 'record', record, recordWords(name));
    this.#arena = arena;
    this.#name = name;
    this.record = record;
    this.#toValues = toValues;
  }

  /** What it was last laid with. @throws {TypeError} if it never was. */
  get fields(): Given {
    if (this.#given !== undefined) return this.#given;
    throw new TypeError(`This record of the class ${this.#name} has no fields yet: lay it first.`);
  }

  /** @throws {TypeError} if an array is not in the arena. */
  lay(fields: Given): this {
    writeRecord(this.#arena, this.#name, this.#toValues(fields), this.record, 0);
    this.#given = fields;
    return this;
  }
}

/** Writes record `index` of an array of records that stand one after the other. */
export function writeRecord<Name extends RecordName>(
  arena: Arena,
  name: Name,
  values: RecordValues<Name>,
  records: Int32Array,
  index: number,
): void {
  const first = index * recordWords(name);
  const fields: Readonly<Record<string, { readonly at: number; readonly kind: string }>> =
    RECORDS[name].fields;
  let floats: Float32Array | undefined;
  for (const field in fields) {
    const { at, kind: type } = fields[field] as { readonly at: number; readonly kind: string };
    const value = (values as Readonly<Record<string, View | number | undefined>>)[field];
    const word = first + at / 4;
    if (type === 'f32') {
      floats ??= floatsOf(records);
      floats[word] = value as number;
    } else if (type === 'usize') records[word] = addressOf(arena, value as View | undefined);
    else records[word] = value as number;
  }
}

/** Changes one number of record `index` of an array of records. */
export function writeField<Name extends RecordName>(
  name: Name,
  field: FieldName<Name>,
  value: number,
  records: Int32Array,
  index: number = 0,
): void {
  const { word, float } = placeOf(name, field, index);
  if (float) floatsOf(records)[word] = value;
  else records[word] = value;
}

/** Reads one number of record `index` of an array of records; an address comes as a signed integer. */
export function readField<Name extends RecordName>(
  name: Name,
  field: FieldName<Name>,
  records: Int32Array,
  index: number = 0,
): number {
  const { word, float } = placeOf(name, field, index);
  return (float ? floatsOf(records) : records)[word] as number;
}

/** The address of an array, or 0 for none, as kernels take it. @throws {TypeError} if it is not in the arena. */
export function addressOf(arena: Arena, view: View | undefined): number {
  return view ? arena.address(view) : 0;
}

function placeOf<Name extends RecordName>(
  name: Name,
  field: FieldName<Name>,
  index: number,
): { word: number; float: boolean } {
  const { fields } = RECORDS[name] as {
    readonly fields: Readonly<Record<string, { readonly at: number; readonly kind: string }>>;
  };
  const { at, kind: type } = fields[field] as { readonly at: number; readonly kind: string };
  return { word: index * recordWords(name) + at / 4, float: type === 'f32' };
}

function floatsOf(records: Int32Array): Float32Array {
  return new Float32Array(records.buffer, records.byteOffset, records.length);
}
