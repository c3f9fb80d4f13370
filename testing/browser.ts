/** The Chromium that comes with npm, for Linux on x64. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packed from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

export const hasChromium: boolean = process.platform === 'linux' && process.arch === 'x64';

/**
 * Starts it, unpacking it first where no run before did.
 * @param graphics of WebGL: none, or in software.
 */
export async function launch(graphics: 'none' | 'software' = 'none'): Promise<Browser> {
  const own =
    graphics === 'none' ? ['--disable-gpu'] : ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
  return chromium.launch({ executablePath: await unpack(), args: ['--no-sandbox', ...own] });
}

/**
 * The package unpacks to the folder of temporary files, and takes what is there for whole. So it unpacks to a folder of its
 * own here, which gets its name only when it is: tests that run at the same time never start half a browser.
 */
async function unpack(): Promise<string> {
  const manifest = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { devDependencies } = JSON.parse(manifest) as { devDependencies: Record<string, string> };
  const folder = join(tmpdir(), `hashgrad-chromium-${devDependencies['@sparticuz/chromium']}`);
  if (!existsSync(folder)) {
    const own = mkdtempSync(`${folder}-`);
    const outer = process.env['TMPDIR'];
    process.env['TMPDIR'] = own;
    try {
      await packed.executablePath();
    } finally {
      if (outer === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = outer;
    }
    try {
      renameSync(own, folder);
    } catch (error) {
      // Somebody else was faster.
      rmSync(own, { recursive: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return join(folder, 'chromium');
}
