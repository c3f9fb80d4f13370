/** The texts of the command line's options turned into values, or refused with a sentence. */
import { InvalidArgumentError } from 'commander';

/** A whole number of at least 1. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(`It should be a whole number of at least 1, such as 3.`);
  }
  return value;
}

/** Whole numbers of at least 1, separated by commas. */
export function parseCounts(text: string): number[] {
  return items(text).map(parseCount);
}

/** A number above 0. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('It should be a number above 0, such as 0.01.');
  }
  return value;
}

/** Names separated by commas. */
export function parseNames(text: string): string[] {
  return items(text);
}

/** How many seeds, which are then 1, 2, ...; or the seeds themselves, separated by commas. */
export function parseSeeds(text: string): number[] {
  if (!text.includes(',')) return Array.from({ length: parseCount(text) }, (_, index) => index + 1);
  return items(text).map(parseSeed);
}

/** One seed. */
export function parseSeed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 0xffff_ffff) {
    throw new InvalidArgumentError(`"${text}" is not a seed, a whole number from 0 to ${0xffff_ffff}.`);
  }
  return value;
}

function items(text: string): string[] {
  const list = text.split(',').map((item) => item.trim());
  if (list.includes('')) throw new InvalidArgumentError('It should be a list separated by commas.');
  return list;
}
