// Node's modules that it has not loaded itself when a program starts, loaded when something of them is first called.

/**
 * For modules of ours that import functions of those. Classes and values can't be had later: to import one fails the build.
 * @type {import('esbuild').Plugin}
 */
export const laterModules = {
  name: 'later-modules',
  setup: (hooks) => {
    hooks.onResolve({ filter: LATER }, ({ path: name, kind, importer }) => {
      if (kind === 'import-statement') return { path: name, namespace: 'later', sideEffects: false };
      // Asks for it whatever it is asked for.
      return importer.includes('/node_modules/commander/')
        ? { path: name, namespace: 'later-whole' }
        : undefined;
    });
    hooks.onLoad({ filter: /./, namespace: 'later' }, async ({ path: name }) => {
      const functions = Object.entries(await import(name)).filter(
        ([member, value]) => typeof value === 'function' && /^[a-z]\w*$/.test(member) && member !== 'default',
      );
      const text = functions.map(
        ([member]) =>
          `export function ${member}(...args) { return process.getBuiltinModule('${name}').${member}(...args); }`,
      );
      return { contents: text.join('\n') };
    });
    hooks.onLoad({ filter: /./, namespace: 'later-whole' }, ({ path: name }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, member) => process.getBuiltinModule('${name}')[member] });`,
    }));
  },
};

const LATER = /^node:(?:child_process|crypto|fs\/promises|os|readline|timers\/promises|url|zlib)$/;
