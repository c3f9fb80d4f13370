/**
 * What a Parquet file says of its sizes, checked before hyparquet believes it: a count that is damaged would fill memory, or
 * take hours. (https://parquet.apache.org/docs/file-format)
 */
import type { FileMetaData, SchemaElement } from 'hyparquet';

/** Unpacks Snappy into `output`, as hyparquet does. */
type Unpack = (input: Uint8Array, output: Uint8Array) => unknown;

const [DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_2] = [0, 2, 3];
const DICTIONARIES = [2, 8];
/** Values that a writer may add to fill a run of packed bits. */
const PADDING = 512;
const DEEPEST = 16;

/** Numbers, and structs by the numbers of their fields; of the rest only that it is there. */
type Field = number | Fields;
type Fields = ReadonlyMap<number, Field>;

/** @throws RangeError if the data at the end of a file, where it says what it has, is damaged. */
export function checkFooter(bytes: Uint8Array): void {
  // It is followed by its length and the four bytes with which the file ends.
  const end = bytes.length - 8;
  if (end < 0) throw new RangeError('it ends too early');
  const length = new Compact(bytes, end, bytes.length).length();
  atMost(length, end, 'bytes of metadata');
  new Compact(bytes, end - length, end).struct();
}

/**
 * @param most Values that the columns may have in all.
 * @throws RangeError saying what is more than it can be.
 */
export function checkCounts(bytes: Uint8Array, metadata: FileMetaData, most: number, unpack: Unpack): void {
  let values = 0;
  for (const { columns, num_rows: rows } of metadata.row_groups) {
    atMost(Number(rows), most, 'rows');
    for (const { meta_data: column } of columns) {
      if (column === undefined) continue;
      const count = Number(column.num_values);
      values += count;
      atMost(count, most, 'values');
      atMost(values, most, 'values');
      const { maxDefinition, maxRepetition } = levelsOf(metadata.schema, column.path_in_schema);
      const dictionary = Number(column.dictionary_page_offset ?? 0);
      const data = Number(column.data_page_offset);
      const start = dictionary > 0 && dictionary < data ? dictionary : data;
      const end = start + Number(column.total_compressed_size);
      atMost(end, bytes.length, 'bytes');
      const snappy = column.codec === 'SNAPPY' ? unpack : undefined;
      const reader = new Compact(bytes, start, end);
      while (reader.at < end - 1) {
        checkPage(reader, { count, most, snappy, maxDefinition, maxRepetition });
      }
    }
  }
  atMost(Number(metadata.num_rows), most, 'rows');
}

interface ColumnFacts {
  readonly count: number;
  readonly most: number;
  readonly snappy: Unpack | undefined;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

/** Checks the page that begins where the reader is, and goes past it. */
function checkPage(reader: Compact, facts: ColumnFacts): void {
  const { count, most, snappy, maxDefinition, maxRepetition } = facts;
  const header = reader.struct();
  const [type, unpacked, packed] = [1, 2, 3].map((field) => numberIn(header, field));
  atMost(unpacked!, 8 * most, 'bytes in a page');
  const start = reader.at;
  reader.skip(packed!);
  if (type === DICTIONARY_PAGE) {
    atMost(numberIn(structIn(header, 7), 1), most, 'values of a dictionary');
    return;
  }
  const isSecond = type === DATA_PAGE_2;
  if (type !== DATA_PAGE && !isSecond) return;
  const page = structIn(header, isSecond ? 8 : 5);
  const values = numberIn(page, 1);
  atMost(values, count, 'values in a page');
  const body = reader.bytes.subarray(start, reader.at);
  const [repetitionWidth, definitionWidth] = [bits(maxRepetition), bits(maxDefinition)];
  const encoding = numberIn(page, isSecond ? 4 : 2);
  let runs: Compact;
  if (isSecond) {
    const [definition, repetition] = [numberIn(page, 5), numberIn(page, 6)];
    const levels = new Compact(body, 0, body.length);
    levels.runs(repetitionWidth, values, repetition);
    levels.runs(definitionWidth, values, definition);
    const rest = body.subarray(levels.at);
    const inner = unpacked! - definition - repetition;
    runs = over(page.get(7) === 0 || inner <= 0 ? rest : unpackedBy(snappy, rest, inner));
  } else {
    runs = over(unpackedBy(snappy, body, unpacked!));
    for (const width of [repetitionWidth, definitionWidth]) {
      if (width > 0) runs.runs(width, values, runs.length());
    }
  }
  if (DICTIONARIES.includes(encoding)) {
    const width = runs.byte();
    if (width > 0) runs.runs(width, values, runs.left());
  }
}

function unpackedBy(snappy: Unpack | undefined, bytes: Uint8Array, length: number): Uint8Array {
  if (snappy === undefined) return bytes;
  const output = new Uint8Array(length);
  snappy(bytes, output);
  return output;
}

const over = (bytes: Uint8Array): Compact => new Compact(bytes, 0, bytes.length);
const bits = (level: number): number => 32 - Math.clz32(level);

function atMost(value: number, most: number, what: string): void {
  if (value >= 0 && value <= most) return;
  throw new RangeError(`it says that it has ${value} ${what}, where up to ${most} can be`);
}

function numberIn(fields: Fields, field: number): number {
  const value = fields.get(field);
  if (typeof value === 'number') return value;
  throw new RangeError('a header in it is damaged');
}

function structIn(fields: Fields, field: number): Fields {
  const value = fields.get(field);
  if (typeof value === 'object') return value;
  throw new RangeError('a header in it is damaged');
}

/** How deep the values of a column may be nested: the schema lists its tree, parents first. */
function levelsOf(
  schema: readonly SchemaElement[],
  path: readonly string[],
): { readonly maxDefinition: number; readonly maxRepetition: number } {
  let [at, depth, maxDefinition, maxRepetition] = [1, 0, 0, 0];
  const skip = (from: number): number => {
    let next = from + 1;
    for (let child = 0; child < (schema[from]?.num_children ?? 0) && next < schema.length; child++)
      next = skip(next);
    return next;
  };
  while (depth < path.length && at < schema.length) {
    const element = schema[at]!;
    if (element.name !== path[depth]) {
      at = skip(at);
      continue;
    }
    if (element.repetition_type !== 'REQUIRED') maxDefinition++;
    if (element.repetition_type === 'REPEATED') maxRepetition++;
    depth++;
    at++;
  }
  return { maxDefinition, maxRepetition };
}

/** Reads Thrift's compact protocol, and Parquet's runs of numbers. Every read is held to the end. */
class Compact {
  readonly bytes: Uint8Array;
  at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  left(): number {
    return this.#end - this.at;
  }

  skip(count: number): void {
    if (!(count >= 0 && count <= this.left())) throw new RangeError('it ends too early');
    this.at += count;
  }

  byte(): number {
    this.skip(1);
    return this.bytes[this.at - 1]!;
  }

  /** 32 bits, little-endian. */
  length(): number {
    const bytes = [this.byte(), this.byte(), this.byte(), this.byte()];
    return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  }

  struct(depth: number = 0): Fields {
    if (depth > DEEPEST) throw new RangeError('a header in it is damaged');
    const fields = new Map<number, Field>();
    for (let field = 0; ;) {
      const byte = this.byte();
      const type = byte & 15;
      if (type === 0) return fields;
      field = byte >> 4 ? field + (byte >> 4) : this.#signed();
      fields.set(field, this.#element(type, depth));
    }
  }

  /** Checks runs of numbers of so many bits (a run-length hybrid), and goes past their bytes. */
  runs(width: number, count: number, length: number): void {
    const end = this.at + length;
    this.skip(length);
    if (width === 0) return;
    const runs = new Compact(this.bytes, end - length, end);
    for (let seen = 0; seen < count && runs.left() > 0;) {
      const header = runs.#varint();
      const isPacked = header % 2 === 1;
      const groups = Math.floor(header / 2);
      const values = isPacked ? 8 * groups : groups;
      atMost(values, count - seen + PADDING, 'values in a run');
      // The last one may be cut short, as its padding is not needed.
      runs.skip(Math.min(runs.left(), isPacked ? groups * width : Math.ceil(width / 8)));
      seen += values;
    }
  }

  #element(type: number, depth: number): Field {
    if (type === 1 || type === 2) return type === 1 ? 1 : 0;
    if (type === 3) return this.byte();
    if (type >= 4 && type <= 6) return this.#signed();
    if (type === 7) this.skip(8);
    else if (type === 8) this.skip(this.#varint());
    else if (type === 9 || type === 10) this.#list(depth);
    else if (type === 12) return this.struct(depth + 1);
    else throw new RangeError('a header in it is damaged');
    return 0;
  }

  #list(depth: number): void {
    const byte = this.byte();
    const size = byte >> 4 === 15 ? this.#varint() : byte >> 4;
    atMost(size, this.left(), 'elements of a list');
    for (let i = 0; i < size; i++) {
      const type = byte & 15;
      if (type <= 2) this.skip(1);
      else this.#element(type, depth + 1);
    }
  }

  #signed(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #varint(): number {
    for (let value = 0, scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError('a header in it is damaged');
  }
}
