/** When hash functions that learn are taught, and with what. */
import { familyOf, type FamilySpec } from '@hashgrad/lsh';

/** Lessons as plain JSON: for families that learn. */
export interface LessonsSpec {
  /** Rehashes from one lesson to the next; the first lesson is at the first of them. */
  readonly every: number;
  /** Rows that are drawn anew for each lesson, and inputs, the last ones of training, of which pairs are made. */
  readonly rows: number;
  readonly queries: number;
  /** What an input is to find. 'best': the units with the highest inner products. 'labels': a label of the sample. */
  readonly target: 'best' | 'labels';
  /** Of 'best': how many units. */
  readonly near: number;
}

export const LESSONS: LessonsSpec = { every: 10, rows: 2048, queries: 256, target: 'best', near: 10 };

/** What decides whether lessons can be given. */
interface Taught {
  readonly family: FamilySpec;
  readonly lessons?: LessonsSpec | undefined;
  readonly redraw: number;
}

/** @throws {RangeError} unless the lessons are such as the family can learn from, in a layer of so many units. */
export function checkLessons(kind: string, { family, lessons, redraw }: Taught, units: number): void {
  const refuse = (what: string): never => {
    throw new RangeError(`${kind}: ${what}`);
  };
  const { learns } = familyOf(family);
  if (!learns) {
    if (lessons !== undefined) refuse(`lessons are for families that learn; ${family.kind} does not.`);
    return;
  }
  if (lessons === undefined) return refuse(`${family.kind} learns; it needs lessons.`);
  if (redraw > 0) refuse(`${family.kind} learns, which a redraw would undo; redraw is 0, got ${redraw}.`);
  const { every, rows, queries, target, near } = lessons;
  for (const [name, value] of Object.entries({ every, rows, queries, near })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    refuse(`${name} of lessons is an integer, 1 or more; got ${value}.`);
  }
  if (target !== 'best' && target !== 'labels') {
    refuse(`target of lessons is 'best' or 'labels'; got '${String(target)}'.`);
  }
  if (near >= units) refuse(`near of lessons is below the layer's ${units} units; got ${near}.`);
  const bits = Number(family['bits']);
  if (units < 2 ** bits) {
    refuse(
      `codes of ${bits} bits are learned of ${2 ** bits} units or more, one a bucket; the layer has ${units}.`,
    );
  }
}
