/** Takes the source maps of generated files out of dist: nobody steps through data, whose source would be published a second time. */
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '../dist');
for (const path of globSync('**/generated/*.{js,d.ts}', { cwd: dist }).map((file) => join(dist, file))) {
  writeFileSync(path, readFileSync(path, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'));
  rmSync(`${path}.map`);
}
