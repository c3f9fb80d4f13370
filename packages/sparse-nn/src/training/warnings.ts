/** What training has to say that is no error. */

/** Takes a warning, a whole sentence. */
export type OnWarning = (message: string) => void;

/** Where warnings go unless a caller takes them. */
export function warn(message: string): void {
  console.warn(message);
}
