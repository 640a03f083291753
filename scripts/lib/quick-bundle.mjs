// What is special about the part of the program that people and prompts wait for.
import { laterModules } from './later-modules.mjs';

/**
 * Leaves out what most of its answers don't need, until one does.
 * @type {import('esbuild').Plugin}
 */
const laterParts = {
  name: 'later-parts',
  setup: (hooks) => {
    // As long as all the rest.
    hooks.onResolve({ filter: /\/yaml\.ts$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './yaml.cjs', external: true },
    );
    // Each `import path from` would make an object of its own.
    hooks.onResolve({ filter: /^node:path$/ }, ({ path: name, namespace }) =>
      namespace === 'once' ? undefined : { path: name, namespace: 'once' },
    );
    hooks.onLoad({ filter: /./, namespace: 'once' }, ({ path: name }) => ({
      contents: `const all = require('${name}');\nexport default all;`,
    }));
  },
};

/**
 * CommonJS, which Node starts sooner than modules, in one file, as reading thirty takes longer than the work.
 * @type {import('esbuild').BuildOptions}
 */
export const startOptions = {
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: {},
  mainFields: ['main'],
  plugins: [laterModules, laterParts],
};

/**
 * A script in which a function stands, as compiled code can be kept of scripts alone. It may not import, but require. Required
 * itself, it is a module that exports the function.
 * @type {import('esbuild').BuildOptions}
 */
export const scriptOptions = {
  ...startOptions,
  banner: {
    js: "(typeof module === 'object' ? (f) => (module.exports = f) : (f) => f)(function (exports, require, module) {",
  },
  footer: { js: '})' },
  supported: { 'dynamic-import': false },
  minifyIdentifiers: true,
};

/**
 * The whole program in the same form. What it imports on demand stands in it, too, and begins when it is asked for.
 * @type {import('esbuild').BuildOptions}
 */
export const programOptions = {
  ...scriptOptions,
  banner: {
    js: `${scriptOptions.banner.js} const importMetaUrl = require('node:url').pathToFileURL(module.filename).href;`,
  },
  define: { 'import.meta.url': 'importMetaUrl' },
  mainFields: ['module', 'main'],
  // Names in the stack of an error that nobody thought of.
  minifyIdentifiers: false,
  plugins: [laterModules],
};
