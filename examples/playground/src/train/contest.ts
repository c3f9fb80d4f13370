/** Contestants that take turns, so that each has had the same time on the processor. */

export interface Contestant {
  /** Does one small piece of work. Returns false if its turn should end here. */
  step(): boolean;
}

export class Contest<C extends Contestant> {
  readonly #seconds: Map<C, number>;
  readonly #slice: number;
  readonly #now: () => number;

  /** @param slice Seconds of a turn. @param now Tells the time in seconds. */
  constructor(contestants: readonly C[], slice: number, now: () => number) {
    this.#seconds = new Map(contestants.map((each) => [each, 0]));
    this.#slice = slice;
    this.#now = now;
  }

  /** Lets the one that has had the least time work for a slice, at least one step of it, and says which it was. */
  turn(): C {
    const [chosen] = [...this.#seconds].reduce((least, each) => (each[1] < least[1] ? each : least));
    const start = this.#now();
    let taken = 0;
    for (let goesOn = true; goesOn && taken < this.#slice; taken = this.#now() - start)
      goesOn = chosen.step();
    this.#seconds.set(chosen, this.seconds(chosen) + taken);
    return chosen;
  }

  /** What one has had so far. */
  seconds(contestant: C): number {
    return this.#seconds.get(contestant)!;
  }

  /** What each has had at least. */
  get least(): number {
    return Math.min(...this.#seconds.values());
  }
}
