/** How changelogs are written: what the changesets say, and no lists of the packages that share the version anyway. */
export default {
  getReleaseLine: async ({ summary }) => `- ${summary.trim().split('\n').join('\n  ')}`,
  getDependencyReleaseLine: async () => '',
};
