/** The connection to Redis, by packages that are installed only where a queue is used. */
import type * as BullMQ from 'bullmq';
import type * as IORedis from 'ioredis';
import type { BlockJob } from './block-job.ts';

/** The name of the queue in Redis; one for the blocks of all studies. */
export const QUEUE_NAME = 'hashgrad';

/** What it takes to put blocks and to take them. */
export interface Connection {
  readonly bullmq: typeof BullMQ;
  readonly redis: IORedis.Redis;
  readonly queue: BullMQ.Queue<BlockJob>;
  close(): Promise<void>;
}

/**
 * Connects to a Redis. When it goes away later, all that is asked of it waits until it is back.
 *
 * @param url such as `redis://user:password@host:6379/0`.
 * @throws {Error} if the packages are missing, saying what to install, or no Redis answers there.
 */
export async function connect(url: string): Promise<Connection> {
  if (!/^rediss?:\/\//.test(url)) {
    throw new Error(`A queue is the address of a Redis, such as redis://localhost:6379; got "${url}".`);
  }
  const { bullmq, Redis } = await loadPackages();
  let [connected, reason] = [false, ''];
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null, // as workers need it
    retryStrategy: (times) => (connected ? Math.min(200 * times, 5000) : null),
  });
  redis.on('error', (error: Error) => {
    // One that refuses at several addresses has the message only in its parts.
    reason = error.message || String((error as NodeJS.ErrnoException).code);
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const why = reason || (error as Error).message;
    throw new Error(`No Redis answers at ${withoutPassword(url)}: ${why}.`, { cause: error });
  }
  connected = true;
  const queue = new bullmq.Queue<BlockJob>(QUEUE_NAME, { connection: redis });
  queue.on('error', () => {}); // it goes on by itself
  return {
    bullmq,
    redis,
    queue,
    async close() {
      await queue.close();
      redis.disconnect();
    },
  };
}

async function loadPackages(): Promise<{ bullmq: typeof BullMQ; Redis: typeof IORedis.Redis }> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, Redis };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(
      'A queue needs the packages bullmq and ioredis, which are not installed here: npm install bullmq ioredis.',
      { cause: error },
    );
  }
}

/** An address as it may be shown. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.href;
}
