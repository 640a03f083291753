import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run } from '../helpers/cli.ts';
import { sampleChannel } from '../helpers/sample-channel.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const hasSecretService = ['dbus-run-session', 'gnome-keyring-daemon', 'secret-tool'].every(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined,
);
const SECRET = 'sesame-"open\\up';

/** Needs GNOME's keyring and `secret-tool`: a Secret Service as desktops have it. */
describe.runIf(process.platform === 'linux' && hasSecretService)(
  'a login in the keyring of the system',
  () => {
    let home: Home;
    let server: TestServer;
    beforeAll(async () => {
      home = makeHome();
      mkdirSync(home.directory, { recursive: true });
      server = await startServer(await sampleChannel(), {
        authorize: ({ headers }) => headers.authorization === `Bearer ${SECRET}`,
      });
    });
    afterAll(async () => {
      await server.close();
      home.remove();
    });

    /** Runs the script in a session of its own, with a keyring that is open. */
    function inSession(script: string) {
      const file = path.join(home.directory, 'session.sh');
      const state = path.join(home.directory, 'run');
      mkdirSync(state, { recursive: true, mode: 0o700 });
      writeFileSync(
        file,
        `set -u
printf password | gnome-keyring-daemon --unlock --components=secrets --foreground >&2 &
daemon=$!
trap 'kill $daemon' EXIT
tconda() { "${process.execPath}" "${CLI}" "$@"; }
for attempt in 1 2 3 4 5 6 7 8 9; do secret-tool search service none 2>/dev/null && break; sleep 0.3; done
${script}`,
      );
      return run('dbus-run-session', ['--', 'bash', file], { ...home.env, XDG_RUNTIME_DIR: state });
    }

    test('serves requests, is in no file, and is forgotten', async () => {
      writeFileSync(path.join(home.directory, 'secret'), SECRET);
      const use = `tconda search -O -c ${server.url} activation`;
      const { stdout, stderr } = await inSession(`
tconda auth login ${server.url} --token - < "$HOME/secret"; echo "login $?"
rm "$HOME/secret"
tconda auth status --json
${use} --json > /dev/null; echo "with $?"
tconda auth logout ${server.url}; echo "logout $?"
rm -rf ${home.root}/pkgs
${use} > /dev/null 2>&1; echo "without $?"
`);
      expect(stdout).toContain('is in the keyring (secret-tool)\nlogin 0');
      expect(stdout).toContain('"kind": "keyring"');
      expect(stdout).toContain('with 0\n');
      expect(stdout).toContain('logout 0\n');
      expect(stdout).toContain('without 1\n');
      expect(stdout + stderr).not.toContain('sesame');
      const files = readdirSync(home.directory, { recursive: true, encoding: 'utf8' })
        .map((name) => path.join(home.directory, name))
        .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
      expect(files.length).toBeGreaterThan(2);
      for (const file of files) expect([file, readFileSync(file).includes('sesame')]).toEqual([file, false]);
    });
  },
);
