/** The texts of the command line's options turned into values, or refused with a sentence. */
import { InvalidArgumentError, Option } from 'commander';

/** An option that is parsed, and whose default is shown as it would be typed. */
export function parsed<T>(
  flags: string,
  description: string,
  parse: (text: string) => T,
  initial: string,
): Option {
  return new Option(flags, description).argParser(parse).default(parse(initial), initial);
}

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

/** Per cent values separated by commas, with or without the sign, as shares: `5,25` gives `[0.05, 0.25]`. */
export function parseFractions(text: string): number[] {
  return items(text).map(parseFraction);
}

/** One per cent value, with or without the sign, as a share: `5` gives `0.05`. */
export function parseFraction(text: string): number {
  const value = Number(text.replace(/\s*%$/, ''));
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0 || value > 100) {
    throw new InvalidArgumentError(
      `"${text}" is not a per cent value above 0 and up to 100. It should be such as 5.`,
    );
  }
  return value / 100;
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
