/** Signs of projections whose directions are learned: drawn as SimHash's at first, and replaced by each lesson. */
import type { Team } from '@hashgrad/kernels';
import type { HasherContext, HashOperations, Learning, Lesson } from '../family.ts';
import { ProjectionHasher, type Projections } from './projection-hasher.ts';
import { signCoder } from './simhash-gaussian.ts';

/** What a lesson changes: `width` x (bits * tables) directions, direction j of table t being column t * bits + j. */
export interface Directions extends Projections {
  /** Numbers of a vector, its tail included. */
  readonly width: number;
  readonly bits: number;
  readonly tables: number;
}

/** A lesson whose arrays fit together. */
export interface CheckedLesson extends Lesson {
  readonly rowCount: number;
  readonly queryCount: number;
  /** Rows that belong to a query. */
  readonly nearEach: number;
}

/** Writes better directions in place of those that there are; what it took. */
export type Teach = (team: Team, directions: Directions, lesson: CheckedLesson) => HashOperations;

export class LearnedHasher extends ProjectionHasher {
  readonly learning: Learning;

  constructor(
    { kind, bits, tables }: { readonly kind: string; readonly bits: number; readonly tables: number },
    context: HasherContext,
    teach: Teach,
  ) {
    const { team, dimensions, tailWidth } = context;
    super({ ...signCoder(bits, tables, team), kind, stream: kind }, context);
    const directions = { ...this.planes, width: dimensions + tailWidth, bits, tables };
    this.learning = {
      state: directions.values,
      learn: (lesson) => teach(team, directions, checkLesson(kind, directions.width, lesson)),
    };
  }
}

/** @throws {RangeError} if vectors are not whole, or a row that is near is none. */
function checkLesson(kind: string, width: number, lesson: Lesson): CheckedLesson {
  const { rows, queries, near } = lesson;
  const [rowCount, queryCount] = [rows.length / width, queries.length / width];
  if (!Number.isInteger(rowCount) || !Number.isInteger(queryCount)) {
    throw new RangeError(
      `${kind}: vectors to learn from have ${width} numbers; got ${rows.length} of rows and ${queries.length} of queries.`,
    );
  }
  const nearEach = queryCount === 0 ? 0 : near.length / queryCount;
  if (!Number.isInteger(nearEach)) {
    throw new RangeError(
      `${kind}: each of ${queryCount} queries has as many near rows; got ${near.length} in all.`,
    );
  }
  const wrong = near.find((row) => !(row >= 0 && row < rowCount));
  if (wrong !== undefined)
    throw new RangeError(`${kind}: near rows are from 0 to ${rowCount - 1}; got ${wrong}.`);
  return { ...lesson, rowCount, queryCount, nearEach };
}
