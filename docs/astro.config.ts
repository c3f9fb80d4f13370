/** The site: its pages, the order in which they are read, and the reference that is made of the sources. */
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import starlightTypeDoc, { typeDocSidebarGroup } from 'starlight-typedoc';
import { writeFaces } from './scripts/faces.ts';

const reference = starlightTypeDoc({
  entryPoints: writeFaces(),
  tsconfig: 'tsconfig.reference.json',
  output: 'reference/api',
  sidebar: { label: 'Every public name', collapsed: true },
  typeDoc: {
    name: 'Every public name',
    readme: 'none',
    // A page for each package: a page for each name would bury what belongs together.
    outputFileStrategy: 'modules',
    disableSources: true,
    excludeExternals: true,
    // Types of what the packages depend on are known only where these are installed.
    skipErrorChecking: true,
    useHTMLEncodedBrackets: true,
    // Names of headings that differ in capitals alone get numbers by a rule of the generator, not the page's.
    useHTMLAnchors: true,
    anchorPrefix: 'name-',
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    propertyMembersFormat: 'table',
    validation: { notExported: false, invalidLink: false, notDocumented: false },
  },
});

export default defineConfig({
  // Where it will stand; pages link to each other without either, so it can be moved.
  site: process.env['SITE_URL'] ?? 'http://localhost',
  base: process.env['SITE_BASE'] ?? '/',
  integrations: [
    starlight({
      title: 'hashgrad',
      description:
        'Neural networks that look up in hash tables which neurons an input excites, and compute only those.',
      favicon: '/favicon.svg',
      expressiveCode: { defaultProps: { frame: 'none' } },
      customCss: ['./src/styles/site.css'],
      plugins: [reference],
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
      sidebar: [
        { label: 'Start', items: ['index', 'start/node', 'start/browser', 'start/when-not'] },
        {
          label: 'How it works',
          items: ['how/hash', 'how/tables', 'how/active-set', 'how/backward', 'how/rehash'],
        },
        {
          label: 'The questions',
          items: [
            'questions/hashing-or-skipping',
            'questions/highest-without-computing',
            'questions/batch-of-one',
            'questions/five-percent',
            'questions/where-it-pays',
            'questions/without-a-gpu',
          ],
        },
        {
          label: 'Guides',
          items: [
            'guides/shop',
            'guides/near-duplicates',
            'guides/million-labels',
            'guides/frozen-in-a-browser',
            'guides/your-own-study',
            'guides/your-own-parts',
            'guides/many-machines',
            'guides/tensorflow',
          ],
        },
        {
          label: 'Reference',
          items: [
            typeDocSidebarGroup,
            'reference/studies',
            'reference/data-sets',
            'reference/benchmarks',
            'reference/formats',
            'reference/determinism',
            'reference/limits',
            'reference/errors',
            'reference/changelog',
            'reference/cite',
          ],
        },
      ],
    }),
  ],
});
