/** A service worker that answers each message with the report of frozen-page.ts. */
import { report, type Rows } from './frozen-page.ts';

/** What a message event has in a service worker: the library of the DOM does not have it. */
interface Question extends MessageEvent<{ readonly url: string; readonly rows: Rows }> {
  waitUntil(work: Promise<void>): void;
}

async function answer({ data, ports }: Question): Promise<void> {
  const said = await report(data.url, data.rows).then(
    (value) => ({ answer: value }),
    (error: unknown) => ({ error: String(error) }),
  );
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port's, not a window's
  ports[0]!.postMessage(said);
}

addEventListener('message', (event) => (event as Question).waitUntil(answer(event as Question)));
