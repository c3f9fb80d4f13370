/** Errors that end the command with an exit code of their own. */

/** A message for the user, with the exit code that goes with it. */
export class ExitError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
