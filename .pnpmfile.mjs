/** What pnpm asks this repository while it packs. The code is loaded only then: an install may run on an older Node. */
export const hooks = {
  async beforePacking(manifest, folder) {
    const { publishedManifest } = await import('./scripts/release/manifest.ts');
    return publishedManifest(manifest, folder);
  },
};
