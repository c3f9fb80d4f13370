/**
 * The few messages of ONNX that a network of dense layers needs, written with the field numbers of onnx.proto (IR version 8,
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
import type { PbfWriter } from 'pbf';

/** An operator's parameter. */
export interface OnnxAttribute {
  readonly name: string;
  readonly integer: number;
}

/** One operator of a graph: values by their names. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: readonly OnnxAttribute[];
}

/** A constant of a graph. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its numbers, little-endian, which all processors that run WebAssembly with threads are. */
  readonly data: Float32Array | Int8Array;
}

/** A matrix of 32-bit floats with any number of rows, that goes into a graph or comes out of it. */
export interface OnnxValue {
  readonly name: string;
  readonly columns: number;
}

/** A model of one graph. */
export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly input: OnnxValue;
  readonly output: OnnxValue;
}

const IR_VERSION = 8;
/** That of ONNX 1.12: runtimes of 2022 and later have it. */
const OPERATOR_SET = 17;
const FLOAT = 1;
const INT8 = 3;
/** AttributeProto.INT */
const INTEGER = 2;

/** ModelProto. */
export function writeModel(model: OnnxModel, to: PbfWriter): void {
  to.writeVarintField(1, IR_VERSION);
  to.writeStringField(2, 'hashgrad');
  to.writeMessage(7, writeGraph, model);
  to.writeMessage(8, writeOperatorSet, OPERATOR_SET);
}

function writeOperatorSet(version: number, to: PbfWriter): void {
  to.writeStringField(1, '');
  to.writeVarintField(2, version);
}

function writeGraph({ nodes, name, constants, input, output }: OnnxModel, to: PbfWriter): void {
  for (const node of nodes) to.writeMessage(1, writeNode, node);
  to.writeStringField(2, name);
  for (const constant of constants) to.writeMessage(5, writeTensor, constant);
  to.writeMessage(11, writeValue, input);
  to.writeMessage(12, writeValue, output);
}

function writeNode({ operator, inputs, output, attributes = [] }: OnnxNode, to: PbfWriter): void {
  for (const input of inputs) to.writeStringField(1, input);
  to.writeStringField(2, output);
  to.writeStringField(4, operator);
  for (const attribute of attributes) to.writeMessage(5, writeAttribute, attribute);
}

function writeAttribute({ name, integer }: OnnxAttribute, to: PbfWriter): void {
  to.writeStringField(1, name);
  to.writeVarintField(3, integer);
  to.writeVarintField(20, INTEGER);
}

function writeTensor({ name, shape, data }: OnnxTensor, to: PbfWriter): void {
  to.writePackedVarint(1, [...shape]);
  to.writeVarintField(2, data instanceof Int8Array ? INT8 : FLOAT);
  to.writeStringField(8, name);
  to.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** ValueInfoProto. */
function writeValue({ name, columns }: OnnxValue, to: PbfWriter): void {
  to.writeStringField(1, name);
  to.writeMessage(2, writeType, columns);
}

/** TypeProto of a tensor. */
function writeType(columns: number, to: PbfWriter): void {
  to.writeMessage(1, writeTensorType, columns);
}

function writeTensorType(columns: number, to: PbfWriter): void {
  to.writeVarintField(1, FLOAT);
  to.writeMessage(2, writeShape, columns);
}

function writeShape(columns: number, to: PbfWriter): void {
  to.writeMessage(1, writeRows, 'rows');
  to.writeMessage(1, writeColumns, columns);
}

/** A dimension without a size, */
function writeRows(name: string, to: PbfWriter): void {
  to.writeStringField(2, name);
}

/** and one with. */
function writeColumns(columns: number, to: PbfWriter): void {
  to.writeVarintField(1, columns);
}
