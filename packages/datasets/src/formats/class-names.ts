import { complaint } from '../complaint.ts';

/** Classes by their numbers. */
export interface NumberedClasses {
  readonly classes: number;
  /** One a row, from 0 to `classes - 1`. */
  readonly labels: Int32Array;
  /** What class c is called in ascending order, where that is not c. */
  readonly classNames?: readonly string[];
}

/**
 * Numbers the classes of a file that writes them as whole numbers. Where 0 is among them and none is below, they are the
 * classes; else they are numbered in ascending order.
 *
 * @param classes Classes that there are; by default as many as are needed.
 * @param names What classes are called already, in a training set; none where its classes are numbers from 0.
 * @throws Error naming the source for a class that is not among them.
 */
export function numberClasses(
  source: string,
  targets: Int32Array,
  classes?: number,
  names?: readonly string[],
): NumberedClasses {
  const lowest = targets.reduce((least, target) => Math.min(least, target), Infinity);
  const highest = targets.reduce((most, target) => Math.max(most, target), 0);
  if (names === undefined ? lowest === 0 : names.length === 0) {
    const count = classes ?? highest + 1;
    if (lowest < 0 || highest >= count) {
      const found = lowest < 0 ? lowest : highest;
      throw complaint(source, `expected classes from 0 to ${count - 1}, found ${found}.`);
    }
    return { classes: count, labels: targets };
  }
  const values = names?.map(Number) ?? Array.from(Int32Array.from(new Set(targets)).toSorted());
  const count = classes ?? values.length;
  if (values.length > count) throw complaint(source, `expected ${count} classes, found ${values.length}.`);
  const numbers = new Map(values.map((value, number) => [value, number]));
  const labels = targets.map((target) => {
    const number = numbers.get(target);
    if (number !== undefined) return number;
    throw complaint(source, `expected one of the classes ${values.join(', ')}, found ${target}.`);
  });
  return { classes: count, labels, classNames: values.map(String) };
}
