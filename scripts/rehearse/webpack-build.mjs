/** Builds page.js of a folder by webpack's API: node webpack-build.mjs FOLDER OUTPUT. Warnings are failures. */
import webpack from 'webpack';

const [context, path] = process.argv.slice(2);
const options = {
  mode: 'production',
  context,
  entry: './page.js',
  output: { path, filename: '[name].js', publicPath: '/' },
  performance: { hints: false },
  // webpack says of optional peers that they are not installed, and leaves them out.
  ignoreWarnings: [/Can't resolve '(h5wasm|h5wasm\/node|hyparquet)'/],
};
webpack(options, (error, stats) => {
  const problem = error?.stack ?? (stats.hasErrors() || stats.hasWarnings() ? stats.toString() : undefined);
  if (problem === undefined) return;
  console.error(problem);
  process.exitCode = 1;
});
