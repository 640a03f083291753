import type { Activation, ShellState } from './activation.ts';
import { pathSeparator } from './search-path.ts';
import { type ShellName, SHELLS } from './shells.ts';

/** The code that makes a shell carry out changes one after the other; ends with a line break unless it is empty. */
export function formatActivations(
  activations: readonly Activation[],
  shell: ShellName,
  platform: ShellState['platform'],
): string {
  return activations.map((activation) => formatActivation(activation, shell, platform)).join('');
}

/** The code of one change, for a shell that can run it. */
export function formatActivation(
  activation: Activation,
  shell: ShellName,
  platform: ShellState['platform'],
): string {
  const syntax = SHELLS[shell];
  const { path } = activation;
  const separator = pathSeparator(platform);
  const pathLine =
    path === undefined ? [] : [syntax.exportPath?.(path) ?? syntax.export('PATH', path.join(separator))];
  const scripts = (all: readonly string[]): readonly string[] =>
    all.filter((script) => script.endsWith(syntax.scriptExtension)).map(syntax.run);
  const statements = [
    ...(activation.isPathFirst ? pathLine : []),
    ...scripts(activation.deactivateScripts),
    ...activation.unset.map(syntax.unset),
    ...[...activation.set].map(([name, value]) => syntax.set(name, value)),
    ...(activation.isPathFirst ? [] : pathLine),
    ...[...activation.exports].map(([name, value]) => syntax.export(name, value)),
    ...scripts(activation.activateScripts),
  ];
  return statements.map((statement) => statement + syntax.end).join('');
}

/** The same as data, for `shell.<name>+json`. */
export function activationToJson(activation: Activation, shell: ShellName): Record<string, unknown> {
  const { scriptExtension } = SHELLS[shell];
  const own = (all: readonly string[]): readonly string[] =>
    all.filter((script) => script.endsWith(scriptExtension));
  const exports = [...activation.exports].map(([name, value]) => [
    name,
    name === 'CONDA_SHLVL' ? Number(value) : value,
  ]);
  return {
    path: activation.path === undefined ? {} : { PATH: activation.path },
    vars: {
      export: Object.fromEntries(exports) as Record<string, unknown>,
      unset: activation.unset,
      set: Object.fromEntries(activation.set),
    },
    scripts: {
      activate: own(activation.activateScripts),
      deactivate: own(activation.deactivateScripts),
    },
  };
}
