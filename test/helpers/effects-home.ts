import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { type Home, makeHome, SAMPLE } from './cli.ts';
import { copyChannel } from './part-of-channel.ts';
import { startServer, type TestServer } from './server.ts';

/** Where options and settings are tried: a home whose settings name a server of the sample channel. */
export interface EffectsHome {
  readonly server: TestServer;
  readonly home: Home;
  /** A channel of first versions, as a folder. */
  readonly old: string;
  /** A path in the home directory. */
  readonly at: (...parts: readonly string[]) => string;
  /** Creates an environment. */
  readonly make: (name: string, ...args: readonly string[]) => Promise<void>;
  /** Creates `env`, `dated` with first versions, and `frozen`. */
  readonly fill: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Without any environment yet, so that a test can say first what the server answers. */
export async function openEffectsHome(): Promise<EffectsHome> {
  const server = await startServer(SAMPLE);
  const home = makeHome();
  const at: EffectsHome['at'] = (...parts) => path.join(home.directory, ...parts);
  const make: EffectsHome['make'] = async (name, ...args) => {
    const { code, stderr } = await home.tconda('create', '-q', '-y', '-n', name, ...args);
    if (code !== 0) throw new Error(`${name}: ${stderr}`);
  };
  mkdirSync(home.directory, { recursive: true });
  writeFileSync(at('.condarc'), `add_pip_as_python_dependency: false\nchannels:\n  - ${server.url}\n`);
  const old = at('old');
  copyChannel(old, OLD);
  return {
    server,
    home,
    old,
    at,
    make,
    fill: async () => {
      await make('env', 'ladder=1.9', 'greet=1.1', 'text-prefix=1.0');
      await make('dated', '-O', '-c', old, 'meta', 'python', 'links');
      await make('frozen', 'links');
      writeFileSync(path.join(home.prefix('frozen'), 'conda-meta', 'frozen'), '{}');
    },
    close: async () => {
      await server.close();
      home.remove();
    },
  };
}

const OLD = [
  'noarch/meta-1.0-0.conda',
  'noarch/links-1.0-0.conda',
  'noarch/text-prefix-1.0-h_0.conda',
  'noarch/ladder-1.0-0.conda',
  'linux-64/python-3.11.9-h1_0_cpython.conda',
  'linux-64/zlib-like-1.2.13-h0_4.conda',
];
