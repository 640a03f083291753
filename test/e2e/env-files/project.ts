import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { DEBIAN, type Home, makeHome, type Ran } from '../../helpers/cli.ts';
import { makeWheel } from '../../helpers/wheel.ts';

/** The channel of Debian's python, as a URL. */
export const CHANNEL = pathToFileURL(DEBIAN).href;

/** A folder with an environment file that wants conda's packages and pip's, and the wheels for it. */
export interface Project {
  readonly home: Home;
  readonly project: string;
  /** Runs tconda in the project's folder. */
  readonly tconda: (...args: readonly string[]) => Promise<Ran>;
  /** The same, for what must succeed; gives what it printed. */
  readonly ok: (...args: readonly string[]) => Promise<string>;
  readonly write: (name: string, lines: readonly string[]) => void;
  /** The packages of an environment, each as `channel name-version-build`. */
  readonly setOf: (name: string) => Promise<unknown>;
}

/** The file is that of an environment `proj`, which is not there yet. */
export function makeProject(): Project {
  const home = makeHome('home', { CONDA_CHANNELS: CHANNEL });
  const project = path.join(home.directory, 'my project');
  const tconda: Project['tconda'] = (...args) => home.tcondaIn(project, ...args);
  const write: Project['write'] = (name, lines) =>
    writeFileSync(path.join(project, name), `${lines.join('\n')}\n`);
  const ok: Project['ok'] = async (...args) => {
    const ran = await tconda(...args);
    if (ran.code !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };
  const setOf: Project['setOf'] = async (name) =>
    (JSON.parse(await ok('list', '-n', name, '--json')) as { dist_name: string; channel: string }[]).map(
      ({ dist_name: dist, channel }) => `${channel} ${dist}`,
    );
  mkdirSync(project, { recursive: true });
  makeWheel(path.join(project, 'wheels'), 'tinydep', '2.0');
  makeWheel(path.join(project, 'wheels'), 'tinypkg', '1.5', {
    requires: ['tinydep>=1', 'idna'],
    scripts: ['tiny'],
  });
  // An idna that conda's must not give way to.
  makeWheel(path.join(project, 'wheels'), 'idna', '99.0');
  write('environment.yml', [
    'name: proj',
    'channels:',
    `  - ${CHANNEL}`,
    '  - nodefaults',
    'dependencies:',
    '  - python =3.11',
    '  - pip',
    '  - idna',
    '  - lua  # [win or osx]',
    '  - sel(linux): six',
    '  - pip:',
    '      - --no-index',
    '      - --find-links wheels',
    '      - tinypkg',
    'variables:',
    '  PROJ_MODE: "on"',
    '  PROJ_NUM: 3.10',
  ]);
  return { home, project, tconda, ok, write, setOf };
}
