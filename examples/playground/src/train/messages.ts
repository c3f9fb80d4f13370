/** What the page and the worker that trains tell each other. */
import type { NetworkName, Settings } from './settings.ts';

/** How far a network is. */
export interface Standing {
  readonly name: NetworkName;
  readonly units: number;
  readonly steps: number;
  /** Of the processor, for training alone. */
  readonly seconds: number;
  /** How often it has seen all images, with the part of the pass that is under way. */
  readonly passes: number;
  /** Share of the test images that it gets right, from 0 to 1; not known at first. */
  readonly accuracy: number | undefined;
}

/** A point of a curve. */
export interface Point {
  readonly name: NetworkName;
  readonly seconds: number;
  readonly accuracy: number;
}

/** A unit that fires for the digit at hand. */
export interface FiringUnit {
  readonly unit: number;
  readonly activation: number;
  /** Whether it is among the best. */
  readonly best: boolean;
  /** The tables in which it lies in the digit's bucket; none where there are no tables. */
  readonly tables: readonly number[];
}

/** What the hashed network does with the digit at hand. */
export interface Firing {
  readonly units: number;
  /** The highest activation first. */
  readonly firing: readonly FiringUnit[];
  /** The units of the exact top k that do not fire. */
  readonly missed: readonly number[];
  /** Of the exact top k, how many there are, and how many of them fire. */
  readonly best: number;
  readonly found: number;
  /** The digit's code in each table; none where there are no tables. */
  readonly codes: readonly number[];
  /** What each network takes the digit for, and with what probability. */
  readonly answers: readonly {
    readonly name: NetworkName;
    readonly digit: number;
    readonly probability: number;
  }[];
}

/** What is in one bucket. */
export interface Bucket {
  readonly code: number;
  readonly units: number;
  /** Places of images among the examples. */
  readonly images: readonly number[];
}

/** One table, its buckets with the most images first. */
export interface Buckets {
  readonly table: number;
  /** Bits of a code; undefined where the selector has no tables. */
  readonly bits: number | undefined;
  readonly buckets: readonly Bucket[];
  /** The code of the digit at hand. */
  readonly own: number | undefined;
}

export type ToWorker =
  | { readonly kind: 'start'; readonly settings: Settings }
  | { readonly kind: 'run'; readonly running: boolean }
  | { readonly kind: 'look'; readonly pixels: Float32Array<ArrayBuffer>; readonly look: number }
  | { readonly kind: 'table'; readonly table: number }
  | { readonly kind: 'unit'; readonly unit: number };

export type FromWorker =
  | {
      readonly kind: 'examples';
      readonly pixels: Uint8Array<ArrayBuffer>;
      readonly labels: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'started'; readonly relaxed: boolean }
  | { readonly kind: 'standings'; readonly standings: readonly Standing[]; readonly points: readonly Point[] }
  | { readonly kind: 'firing'; readonly firing: Firing; readonly look: number }
  | { readonly kind: 'buckets'; readonly buckets: Buckets }
  | { readonly kind: 'weights'; readonly unit: number; readonly weights: Float32Array<ArrayBuffer> }
  | { readonly kind: 'digest'; readonly steps: number; readonly digest: string }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly message: string };
