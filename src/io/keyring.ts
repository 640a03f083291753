import { spawnSync } from 'node:child_process';

import { Secret } from '../model/secret.ts';

/** The system's store of secrets, reached through the program that comes with it. */
export interface Keyring {
  /** `secret-tool` of the Secret Service, or macOS's `security`. */
  readonly name: string;
  /** @returns whether it is now there */
  save(at: string, secret: Secret): boolean;
  find(at: string): Secret | undefined;
  /** @returns whether there was something to remove */
  remove(at: string): boolean;
}

export interface KeyringOptions {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The keyring of this session; undefined where there is none that can be asked without a person's help in installing it. */
export function findKeyring({ platform, env }: KeyringOptions): Keyring | undefined {
  const run = (program: string, args: readonly string[], input = '') =>
    spawnSync(program, args, { input, encoding: 'utf8', env: { ...env }, timeout: PATIENCE });
  if (platform === 'linux') {
    if (!env['DBUS_SESSION_BUS_ADDRESS'] || run('secret-tool', ['--version']).error !== undefined) {
      return undefined;
    }
    const place = (at: string): readonly string[] => ['service', SERVICE, 'username', at];
    return {
      name: 'secret-tool',
      save: (at, secret) =>
        run('secret-tool', ['store', '--label', `${SERVICE}: ${at}`, ...place(at)], secret.reveal())
          .status === 0,
      find(at) {
        const { status, stdout } = run('secret-tool', ['lookup', ...place(at)]);
        return status === 0 && stdout !== '' ? new Secret(stdout.trimEnd()) : undefined;
      },
      remove: (at) => run('secret-tool', ['clear', ...place(at)]).status === 0,
    };
  }
  if (platform !== 'darwin') return undefined;
  const place = (at: string): readonly string[] => ['-s', SERVICE, '-a', at];
  return {
    name: 'security',
    // Its commands can come on stdin, so that the secret is in nobody's list of processes.
    save(at, secret) {
      const quoted = [...place(at), '-X', Buffer.from(secret.reveal()).toString('hex')].map(quote).join(' ');
      return run('security', ['-i'], `add-generic-password -U ${quoted}\n`).status === 0;
    },
    find(at) {
      const { status, stdout } = run('security', ['find-generic-password', ...place(at), '-w']);
      return status === 0 && stdout !== '' ? new Secret(stdout.trimEnd()) : undefined;
    },
    remove: (at) => run('security', ['delete-generic-password', ...place(at)]).status === 0,
  };
}

const SERVICE = 'tconda';
/** Milliseconds. A locked keyring asks a person, who may take a while. */
const PATIENCE = 60_000;

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
