/** A process that downloads one file: node fetch-child.ts URL PATH SHA256. */
import { download } from '../../src/catalogue/download/download.ts';
import { FileSink } from '../../src/catalogue/download/sink.ts';

const [url, path, hex] = process.argv.slice(2) as [string, string, string];
const sink = await FileSink.open(path, true);
await download({ mirrors: [url], checksum: { algorithm: 'sha256', hex, source: 'read' } }, sink);
await sink.finish();
