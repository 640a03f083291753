import path from 'node:path';

import type { Host } from '../host/index.ts';

const NAMES = ['.condarc', 'condarc', 'condarc.d/'] as const;

/**
 * Where `.condarc` files are looked for, lowest precedence first. Variables and `~` are not replaced yet.
 */
export function searchPath(platform: string): readonly string[] {
  return [
    ...(platform === 'win32'
      ? ['C:/ProgramData/conda/.condarc', 'C:/ProgramData/conda/condarc', 'C:/ProgramData/conda/condarc.d']
      : ['/etc/conda/', '/var/lib/conda/'].flatMap(three)),
    ...three('$CONDA_ROOT/'),
    ...three('$XDG_CONFIG_HOME/conda/'),
    ...three('~/.config/conda/'),
    ...three('~/.conda/'),
    '~/.condarc',
    ...three('$CONDA_PREFIX/'),
    '$CONDARC',
  ];
}

/** The places of {@link searchPath} on this machine, absolute, each once, without those whose variable is not set. */
export function placesOf(
  host: Pick<Host, 'platform' | 'env' | 'home' | 'cwd'>,
  roots: { readonly rootPrefix?: string; readonly targetPrefix?: string },
): readonly string[] {
  const values: Readonly<Record<string, string | undefined>> = {
    CONDA_ROOT: roots.rootPrefix,
    CONDA_PREFIX: roots.targetPrefix,
    XDG_CONFIG_HOME: host.env['XDG_CONFIG_HOME'],
    CONDARC: host.env['CONDARC'],
  };
  const places = searchPath(host.platform).map((place) => {
    const variable = /^\$(\w+)/.exec(place)?.[1];
    if (variable !== undefined) {
      const value = values[variable];
      return value === undefined || value === ''
        ? undefined
        : resolve(value + place.slice(variable.length + 1), host);
    }
    return resolve(place, host);
  });
  return [...new Set(places.filter((place) => place !== undefined))];
}

function three(start: string): readonly string[] {
  return NAMES.map((name) => start + name);
}

function resolve(place: string, { home, cwd }: Pick<Host, 'home' | 'cwd'>): string {
  return path.resolve(
    cwd,
    place.replace(/^~(?=$|[/\\])/, () => home),
  );
}
